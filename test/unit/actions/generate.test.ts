import { describe, expect, it } from 'vitest';
import { generate, type GenerateRequest } from '../../../src/actions/generate.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { BuildContext } from '../../../src/image/build-context.ts';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { recordedWork, testPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import { IMAGE_REQUEST, MODEL_URI } from '../../support/requests.ts';

const REQUEST: GenerateRequest = {
  model: MODEL_URI,
  folder: 'out',
  image: { ...IMAGE_REQUEST, builder: 'buildkit' },
};

const check = (): Promise<void> => Promise.resolve();

describe('generate', () => {
  it('looks at the folder before it fetches the model', async () => {
    const ports = testPorts();
    const failure = new CaissonError('OUTPUT_NOT_EMPTY', 'x');
    const output = { check: () => Promise.reject(failure), write: check };
    expect(await rejection(generate(REQUEST, { ...ports, output }, recordedWork()))).toBe(failure);
    expect(ports.sources.borrowed).toBe(0);
  });

  it('writes the whole context and tells what is in it', async () => {
    const ports = testPorts();
    const written: BuildContext[] = [];
    const write = (context: BuildContext): Promise<void> => {
      // the files of the model are still there while the context is written
      expect(ports.sources.disposed).toBe(0);
      written.push(context);
      return Promise.resolve();
    };
    const result = await generate(REQUEST, { ...ports, output: { check, write } }, recordedWork());
    const [only] = written;
    expect(written).toHaveLength(1);
    expect(result.folder).toBe('out');
    expect(result.files).toEqual(only?.entries.map(({ path }) => path));
    expect(result.files).toEqual(expect.arrayContaining(['Dockerfile', 'image.json', 'model/MLmodel']));
    expect(result.model.origin.uri).toBe(MODEL_URI);
    expect(ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('tells what the plan has to say', async () => {
    const work = recordedWork();
    const requirements = parseRequirements('torch==2.3.1+cpu\nscikit-learn==1.5.2');
    const image = { ...REQUEST.image, environment: { ...IMAGE_REQUEST.environment, requirements } };
    const output = { check, write: check };
    await generate({ ...REQUEST, image }, { ...testPorts(), output }, work);
    expect(work.events).toEqual(
      expect.arrayContaining([
        { type: 'note', message: "'scikit-learn==1.9.1' of the model gives way to what was asked for" },
        { type: 'warning', message: expect.stringContaining('--torch cpu') as string },
      ]),
    );
  });

  it('lets the model go when writing fails', async () => {
    const ports = testPorts();
    const failure = new CaissonError('OUTPUT_NOT_EMPTY', 'x');
    const write = (): Promise<void> => Promise.reject(failure);
    expect(await rejection(generate(REQUEST, { ...ports, output: { check, write } }, recordedWork()))).toBe(
      failure,
    );
    expect(ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('writes nothing when it was interrupted', async () => {
    const work = recordedWork();
    work.abort(new CaissonError('INTERRUPTED', 'interrupted'));
    const write = (): Promise<void> => Promise.reject(new TypeError('must not be called'));
    expect(
      (await rejection(generate(REQUEST, { ...testPorts(), output: { check, write } }, work))).code,
    ).toBe('INTERRUPTED');
  });
});
