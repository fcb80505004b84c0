import { afterAll, describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import { runWithFiles, startFakeTrackingServer } from '../../support/fake-tracking-server.ts';
import type { LocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import { suiteFolder } from '../../support/test-folders.ts';

const COUNT = 20_000;
/** On a machine that does other things too; a cached model takes one of them. */
const SECONDS = 120;

describe(`a model of ${COUNT} files`, () => {
  const cache = suiteFolder();
  let server: LocalServer | undefined;
  afterAll(() => server?.close());

  it('comes in reasonable time, and from the cache at once', async () => {
    const many = Object.fromEntries(
      Array.from({ length: COUNT }, (_, number) => [`data/${number % 100}/${number}.txt`, `file ${number}`]),
    );
    const files = modelFiles(many);
    server = await startFakeTrackingServer(runWithFiles(files));
    const sources = createModelSources({
      trackingUri: server.url,
      credentials: { kind: 'none' },
      workingFolder: cache.path,
      cacheFolder: cache.path,
    });
    const context = { emit: () => undefined, signal: new AbortController().signal };
    const uri = { kind: 'run', runId: 'run1', path: 'model' } as const;
    const started = performance.now();
    const first = await sources.resolve(uri, context);
    const seconds = (performance.now() - started) / 1000;
    expect(first.model.files).toHaveLength(Object.keys(files).length);
    expect(seconds).toBeLessThan(SECONDS);
    await first.dispose();
    const asked = server.requests.length;
    const again = await sources.resolve(uri, context);
    expect((performance.now() - started) / 1000 - seconds).toBeLessThan(seconds / 4);
    // the run, its models, what the server can, 102 folders, and MLmodel
    expect(server.requests.length - asked).toBe(106);
    expect(again.model.digest).toBe(first.model.digest);
    expect(again.model.files).toEqual(first.model.files);
    await again.dispose();
  });
});
