import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/platform/http.ts';
import { openMlflowProxy } from '../../../src/sources/artifacts/mlflow-proxy.ts';
import type { ArtifactStore } from '../../../src/sources/artifacts/port.ts';
import { openServerBytes } from '../../../src/sources/artifacts/server-bytes.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle } from '../../../src/sources/port.ts';
import { ServerApi } from '../../../src/sources/tracking-server/server-api.ts';
import {
  startFaultProxy,
  type Fault,
  type FaultProxy,
  type FaultyRequest,
} from '../../support/fault-proxy.ts';
import {
  type LoggedIris,
  logIris,
  MLFLOW_PYTHON,
  type MlflowServer,
  NO_MLFLOW,
  startMlflowServer,
} from '../../support/mlflow.ts';
import { suiteFolder, temporaryFolders } from '../../support/test-folders.ts';

const LARGE = 20_000_000;
const { signal } = new AbortController();
const makeFolder = temporaryFolders();

describe.skipIf(MLFLOW_PYTHON === undefined)(
  `a real tracking server behind a bad network${NO_MLFLOW}`,
  () => {
    const folder = suiteFolder();
    let server: MlflowServer | undefined;
    let proxy: FaultProxy;
    let iris: LoggedIris;
    let fault: (request: FaultyRequest) => Fault | undefined = () => undefined;

    beforeAll(async () => {
      server = await startMlflowServer({ folder: folder.path });
      iris = await logIris({ folder: folder.path, trackingUri: server.url });
      const model = modelFolder();
      writeFileSync(join(model, 'weights.bin'), Buffer.alloc(LARGE, 'abcdefg'));
      mkdirSync(join(model, 'many'));
      for (let number = 0; number < 300; number += 1)
        writeFileSync(join(model, `many/${number}`), String(number));
      proxy = await startFaultProxy(server.url, (request) => fault(request));
    });
    afterAll(async () => {
      await proxy.close();
      await server?.stop();
    });

    /** Where the server keeps the files of the logged model. */
    const modelFolder = (): string => {
      const [experiment = ''] = readdirSync(join(folder.path, 'artifacts')).filter((name) =>
        existsSync(join(folder.path, 'artifacts', name, 'models', iris.modelId)),
      );
      return join(folder.path, 'artifacts', experiment, 'models', iris.modelId, 'artifacts');
    };

    function resolve(cacheFolder: string): Promise<ResolvedModelHandle> {
      const sources = createModelSources({
        trackingUri: proxy.url,
        credentials: { kind: 'none' },
        workingFolder: cacheFolder,
        cacheFolder,
      });
      const context = { emit: () => undefined, signal };
      return sources.resolve({ kind: 'logged-model', modelId: iris.modelId, subpath: '' }, context);
    }

    it('goes on where a download was cut', async () => {
      const before = proxy.heard.length;
      fault = ({ path, count }) =>
        path.endsWith('/weights.bin') && count <= 2 ? { kind: 'truncate', after: LARGE / 4 } : undefined;
      const { model } = await resolve(makeFolder());
      fault = () => undefined;
      expect(readFileSync(join(model.folder, 'weights.bin')).equals(Buffer.alloc(LARGE, 'abcdefg'))).toBe(
        true,
      );
      const starts = proxy.heard
        .slice(before)
        .filter(({ path }) => path.endsWith('/weights.bin'))
        .map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0));
      // what was still under way when the connection ended did not come
      expect(starts).toHaveLength(3);
      expect(starts[0]).toBe(0);
      expect(starts[1]).toBeGreaterThan(LARGE / 20);
      expect(starts[2]).toBeGreaterThan(starts[1]! + LARGE / 20);
    });

    it('is asked for little when nothing changed, and for the model when it did', async () => {
      const cache = makeFolder();
      const first = await resolve(cache);
      await first.dispose();
      const before = proxy.heard.length;
      const again = await resolve(cache);
      const asked = proxy.heard.slice(before).map(({ path }) => path.split('/').at(-1));
      expect(asked.sort()).toEqual([iris.modelId, 'MLmodel', 'artifacts', 'artifacts', 'server-info'].sort());
      expect(again.model.digest).toBe(first.model.digest);
      expect(again.model.files).toEqual(first.model.files);
      await again.dispose();
      writeFileSync(join(modelFolder(), 'many/0'), 'another');
      const changed = await resolve(cache);
      expect(changed.model.digest).not.toBe(first.model.digest);
      writeFileSync(join(modelFolder(), 'many/0'), '0');
      expect((await resolve(cache)).model.digest).toBe(first.model.digest);
    });

    it('gives the same files by its proxy and by its own routes', async () => {
      const api = new ServerApi({
        http: new HttpClient(),
        url: new URL(proxy.url),
        shown: proxy.url,
        credentials: { kind: 'none' },
        signal,
      });
      const path = modelFolder().slice(join(folder.path, 'artifacts/').length);
      const places: readonly ArtifactStore[] = [
        openMlflowProxy(api, path),
        openServerBytes(api, { kind: 'logged-model', modelId: iris.modelId, path: '' }),
      ];
      const [one, two] = await Promise.all(places.map((place) => contents(place)));
      expect(one?.size).toBeGreaterThan(300);
      expect(two).toEqual(one);
      const classic = openServerBytes(api, { kind: 'run', runId: iris.classicRunId, path: 'classic' });
      expect((await contents(classic)).get('MLmodel')).toContain('sklearn');
    });
  },
);

async function contents(store: ArtifactStore): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const file of await store.list(signal)) {
    const outcome = await store.read(file, { start: 0 }, signal);
    if (outcome.kind !== 'body') throw new Error(outcome.reason);
    const pieces: Uint8Array[] = [];
    for await (const piece of outcome.body.pieces()) if (piece.kind === 'bytes') pieces.push(piece.bytes);
    expect(outcome.body.length).toBe(file.size);
    found.set(file.path, Buffer.concat(pieces).toString('latin1').slice(0, 100_000));
  }
  return found;
}
