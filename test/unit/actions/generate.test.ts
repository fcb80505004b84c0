import { describe, expect, it } from 'vitest';
import { generate, type GenerateRequest } from '../../../src/actions/generate.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { BuildContext } from '../../../src/image/build-context.ts';
import { recordedWork, testPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import { IMAGE_REQUEST, MODEL_URI } from '../../support/requests.ts';

const REQUEST: GenerateRequest = {
  model: MODEL_URI,
  folder: 'out',
  image: { ...IMAGE_REQUEST, builder: 'buildkit' },
};

describe('generate', () => {
  it('writes the whole context and tells what is in it', async () => {
    const ports = testPorts();
    const written: { folder: string; context: BuildContext }[] = [];
    const writeContext = (folder: string, context: BuildContext): Promise<void> => {
      // the files of the model are still there while the context is written
      expect(ports.sources.disposed).toBe(0);
      written.push({ folder, context });
      return Promise.resolve();
    };
    const result = await generate(REQUEST, { ...ports, writeContext }, recordedWork());
    const [only] = written;
    expect(written).toHaveLength(1);
    expect(only?.folder).toBe('out');
    expect(result.files).toEqual(only?.context.entries.map(({ path }) => path));
    expect(result.files).toEqual(expect.arrayContaining(['Dockerfile', 'image.json', 'model/MLmodel']));
    expect(result.modelUri).toBe(MODEL_URI);
    expect(ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('lets the model go when writing fails', async () => {
    const ports = testPorts();
    const failure = new CaissonError('OUTPUT_NOT_EMPTY', 'x');
    const writeContext = (): Promise<void> => Promise.reject(failure);
    expect(await rejection(generate(REQUEST, { ...ports, writeContext }, recordedWork()))).toBe(failure);
    expect(ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('writes nothing when it was interrupted', async () => {
    const work = recordedWork();
    work.abort(new CaissonError('INTERRUPTED', 'interrupted'));
    const writeContext = (): Promise<void> => Promise.reject(new TypeError('must not be called'));
    expect((await rejection(generate(REQUEST, { ...testPorts(), writeContext }, work))).code).toBe(
      'INTERRUPTED',
    );
  });
});
