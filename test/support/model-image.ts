import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { renderContext } from '../../src/image/render-context.ts';
import { parseImageReference } from '../../src/model/image-reference.ts';
import { planImage } from '../../src/plan/image-plan.ts';
import { checkoutTemplates } from './templates.ts';
import { EngineProbe } from './engine-probe.ts';
import { testCa } from './environment.ts';
import { imageRequest, resolvedFrom, type RequestChanges } from './planned-images.ts';
import { RecordingStep } from './recording-step.ts';
import { createTestEngine, TEST_ENGINE } from './test-engine.ts';

export interface ModelImage {
  /** Holds the files on this machine. */
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly request: RequestChanges;
  readonly tag: string;
}

/** Builds the image of a model on the real engine, on the base of the tests, and gives its id. */
export async function buildModelImage({ folder, files, request, tag }: ModelImage): Promise<string> {
  const ca = testCa();
  const certificateAuthority = ca === undefined ? undefined : readFileSync(ca, 'utf8');
  const resolved = resolvedFrom(files, { origin: { uri: 'models:/iris/3' }, folder });
  // a file that is no text has another size in the folder
  const sized = resolved.files.map(({ path }) => ({ path, size: statSync(join(folder, path)).size }));
  const model = { ...resolved, files: sized };
  const plan = planImage(
    model,
    imageRequest({
      baseImage: TEST_ENGINE.baseImage ?? '',
      certificateAuthority: certificateAuthority === undefined ? 'none' : 'in-context',
      ...request,
    }),
  );
  const authority = certificateAuthority === undefined ? {} : { certificateAuthority };
  const context = renderContext({ plan, model, templates: await checkoutTemplates(), ...authority });
  const step = new RecordingStep();
  const { imageId } = await createTestEngine().build(
    {
      ...{ builder: plan.builder, context, tags: [parseImageReference(tag)] },
      ...{ buildArgs: {}, labels: {}, cache: 'use', credentials: {} },
      // some engines of tests have no bridge, and servers of tests listen on the loopback
      networkMode: 'host',
    },
    { step, signal: new AbortController().signal },
  );
  return imageId;
}

/** Runs code with the image's Python as the image's user, without a network; its exit code and what it printed. */
export async function pythonIn(
  probe: EngineProbe,
  image: string,
  code: string,
): Promise<{ readonly exitCode: number; readonly log: string }> {
  const body = {
    Image: image,
    Entrypoint: ['/opt/venv/bin/python', '-c', code],
    HostConfig: { NetworkMode: 'none' },
    Tty: true,
  };
  const { Id } = (await probe.api.json({ method: 'POST', path: '/containers/create', body })) as {
    Id: string;
  };
  try {
    await probe.api.json({ method: 'POST', path: `/containers/${Id}/start` });
    const ended = (await probe.api.json({ method: 'POST', path: `/containers/${Id}/wait` })) as {
      StatusCode: number;
    };
    const query = { stdout: 1, stderr: 1 };
    const log = await probe.api.stream({ method: 'GET', path: `/containers/${Id}/logs`, query });
    return { exitCode: ended.StatusCode, log: (await log.toArray()).join('') };
  } finally {
    await probe.api.json({ method: 'DELETE', path: `/containers/${Id}`, query: { force: 1 } });
  }
}
