import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DOWNLOAD_POLICY, type DownloadPolicy } from '../../../src/sources/download/policy.ts';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle } from '../../../src/sources/port.ts';
import { rejection } from '../../support/errors.ts';
import { runWithFiles, startFakeTrackingServer, type Answer } from '../../support/fake-tracking-server.ts';
import {
  startFaultProxy,
  type Fault,
  type FaultProxy,
  type FaultyRequest,
} from '../../support/fault-proxy.ts';
import type { LocalServer } from '../../support/local-server.ts';
import { modelFiles } from '../../support/model-files.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
let server: LocalServer;
let proxy: FaultProxy;

afterEach(async () => {
  await proxy.close();
  await server.close();
});

const QUICK: DownloadPolicy = {
  ...DOWNLOAD_POLICY,
  retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 5 },
  slow: { bytesPerSecond: 10_000, windowMs: 500 },
};
const FILES = modelFiles({ 'weights.bin': 'w'.repeat(100_000) });
const WEIGHTS = '/weights.bin';
const LISTING = '/mlflow-artifacts/artifacts';

interface Scene {
  readonly cache: string;
  readonly events: ReturnType<typeof recordEvents>;
  readonly resolve: () => Promise<ResolvedModelHandle>;
}

async function scene(
  faultOf: (request: FaultyRequest) => Fault | undefined,
  answers: Readonly<Record<string, Answer>> = runWithFiles(FILES),
): Promise<Scene> {
  server = await startFakeTrackingServer(answers);
  proxy = await startFaultProxy(server.url, faultOf);
  const cache = makeFolder();
  const events = recordEvents();
  const sources = createModelSources({
    trackingUri: proxy.url,
    credentials: { kind: 'none' },
    workingFolder: makeFolder(),
    cacheFolder: cache,
    download: QUICK,
  });
  const context = { emit: events.emit, signal: new AbortController().signal };
  return {
    cache,
    events,
    resolve: () => sources.resolve({ kind: 'run', runId: 'run1', path: 'model' }, context),
  };
}

/** Nothing half-made is left, and what is kept is right: it is what a healthy server gives too. */
function leftIn(cache: string): readonly string[] {
  return existsSync(join(cache, 'tmp')) ? readdirSync(join(cache, 'tmp')) : [];
}

const once =
  (fault: Fault) =>
  ({ path, count }: FaultyRequest): Fault | undefined =>
    path.endsWith(WEIGHTS) && count === 1 ? fault : undefined;

const always =
  (fault: Fault, of: string) =>
  ({ path }: FaultyRequest): Fault | undefined =>
    path.endsWith(of) ? fault : undefined;

describe('a fault that happens once', () => {
  const faults: readonly Fault[] = [
    { kind: 'truncate', after: 0 },
    { kind: 'truncate', after: 50_000 },
    { kind: 'reset', after: 50_000 },
    { kind: 'wrong-length', by: 10 },
    { kind: 'wrong-length', by: -10 },
    { kind: 'status', status: 429, retryAfter: '0' },
    { kind: 'status', status: 503, retryAfter: '0' },
    { kind: 'status', status: 500 },
    { kind: 'slow-head', ms: 300 },
    { kind: 'twice' },
  ];
  it.each(faults)('does not show in the model: %o', async (fault) => {
    const { cache, resolve } = await scene(once(fault));
    const { model, dispose } = await resolve();
    for (const [path, content] of Object.entries(FILES))
      expect(readFileSync(join(model.folder, path), 'utf8')).toBe(content);
    await dispose();
    expect(leftIn(cache)).toEqual([]);
  });
});

describe('a fault that stays', () => {
  const faults: readonly (readonly [Fault, string, string, string])[] = [
    [{ kind: 'truncate', after: 10 }, WEIGHTS, 'DOWNLOAD_FAILED', 'did not come whole'],
    [{ kind: 'reset', after: 10 }, WEIGHTS, 'DOWNLOAD_FAILED', 'did not come whole'],
    [{ kind: 'wrong-length', by: 10 }, WEIGHTS, 'DOWNLOAD_FAILED', 'has 100010 bytes instead of the listed'],
    [{ kind: 'wrong-length', by: -10 }, WEIGHTS, 'DOWNLOAD_FAILED', 'has 99990 bytes instead of the listed'],
    [{ kind: 'trickle', everyMs: 10 }, WEIGHTS, 'DOWNLOAD_FAILED', 'bytes came in'],
    [{ kind: 'twice' }, WEIGHTS, 'DOWNLOAD_FAILED', 'longer than the store said'],
    [{ kind: 'login-page' }, WEIGHTS, 'STORE_FAILED', 'a web page instead of the file'],
    [{ kind: 'login-page' }, LISTING, 'STORE_FAILED', 'not with JSON'],
    [{ kind: 'status', status: 404 }, WEIGHTS, 'DOWNLOAD_FAILED', 'not there any more'],
    [{ kind: 'status', status: 503, retryAfter: '0' }, WEIGHTS, 'DOWNLOAD_FAILED', 'answered 503'],
    [{ kind: 'status', status: 403 }, WEIGHTS, 'STORE_DENIED', '403'],
    [{ kind: 'redirect' }, LISTING, 'STORE_UNREACHABLE', 'redirect'],
  ];
  it.each(faults)('ends in one error: %o of %s is %s', async (fault, of, code, message) => {
    const { cache, resolve } = await scene(always(fault, of));
    const error = await rejection(resolve());
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect(error.message).toContain(message);
    expect(leftIn(cache)).toEqual([]);
  });
});

describe('a model behind faults', () => {
  it('is right in the cache afterwards', async () => {
    let broken = true;
    const { cache, resolve } = await scene(({ path }) =>
      broken && path.endsWith(WEIGHTS) ? { kind: 'truncate', after: 10 } : undefined,
    );
    await rejection(resolve());
    broken = false;
    const first = await resolve();
    await first.dispose();
    const again = await resolve();
    expect(again.model.digest).toBe(first.model.digest);
    expect(readFileSync(join(again.model.folder, 'weights.bin'), 'utf8')).toBe(FILES['weights.bin']);
    expect(leftIn(cache)).toEqual([]);
  });

  it('is listed anew, once, when a file changes while it is read', async () => {
    const later = runWithFiles(modelFiles({ 'weights.bin': 'n'.repeat(70_000) }));
    const before = runWithFiles(FILES);
    let isChanged = false;
    const answers = Object.fromEntries(
      Object.keys({ ...before, ...later }).map((key): [string, Answer] => [
        key,
        (request, response) => {
          if (key.endsWith(WEIGHTS)) isChanged = true;
          const answer = (isChanged ? later : before)[key]!;
          if (typeof answer === 'function') answer(request, response);
          else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        },
      ]),
    );
    const { resolve } = await scene(() => undefined, answers);
    const { model } = await resolve();
    expect(model.files.find(({ path }) => path === 'weights.bin')?.size).toBe(70_000);
    expect(proxy.heard.filter(({ path }) => path.endsWith(LISTING))).toHaveLength(2);
  });
});
