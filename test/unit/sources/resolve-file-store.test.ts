import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ResolvedModelHandle } from '../../../src/sources/port.ts';
import { FILE_STORE_MODEL, FILE_STORE_RUN, fileStore } from '../../support/file-store.ts';
import { modelFiles } from '../../support/model-files.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const RUN = FILE_STORE_RUN;
const MODEL = FILE_STORE_MODEL;

interface Store {
  readonly root: string;
  readonly resolve: (uri: string) => Promise<ResolvedModelHandle>;
}

/** @param recordedAt where the store lay when it was written; its own place when not given */
function makeStore(changes: Readonly<Record<string, string>> = {}, recordedAt?: string): Store {
  const workingFolder = makeFolder();
  const root = join(workingFolder, 'mlruns');
  writeTree(root, { ...fileStore(recordedAt ?? root), ...changes });
  return { root, resolve: (uri) => resolveIn(uri, { workingFolder }) };
}

async function resolveIn(
  uri: string,
  where: { readonly workingFolder: string; readonly trackingUri?: string },
): Promise<ResolvedModelHandle> {
  const sources = createModelSources({
    credentials: { kind: 'none' },
    cacheFolder: makeFolder(),
    ...where,
  });
  return sources.resolve(await sources.parse(uri), {
    ...recordEvents(),
    signal: new AbortController().signal,
  });
}

const extraOf = ({ model }: ResolvedModelHandle): string => readFileSync(join(model.folder, 'extra'), 'utf8');

describe('a file store', () => {
  const forms: readonly (readonly [string, string, object])[] = [
    [`runs:/${RUN}/iris_model`, 'logged', { runId: RUN, modelId: MODEL }],
    [`runs:/${RUN}/classic`, 'classic', { runId: RUN }],
    [`models:/${MODEL}`, 'logged', { runId: RUN, modelId: MODEL }],
    ['models:/iris/1', 'classic', { registeredVersion: 1, runId: RUN }],
    ['models:/iris/2', 'logged', { registeredVersion: 2, runId: RUN, modelId: MODEL }],
    [
      'models:/iris/latest',
      'logged',
      { pinnedUri: 'models:/iris/10', registeredVersion: 10, modelId: MODEL },
    ],
    ['models:/iris/Archived', 'classic', { pinnedUri: 'models:/iris/1' }],
    ['models:/iris@champion', 'logged', { pinnedUri: 'models:/iris/2' }],
  ];

  it.each(forms)('of the working folder is the default: %s', async (uri, extra, origin) => {
    const handle = await makeStore().resolve(uri);
    expect(extraOf(handle)).toBe(extra);
    expect(handle.model.origin).toMatchObject({ uri, ...origin });
  });

  it.each(forms)('that was moved from another machine still has %s', async (uri, extra) => {
    expect(extraOf(await makeStore({}, '/home/ada/project/mlruns').resolve(uri))).toBe(extra);
  });

  it.each([
    [`runs:/${RUN}/classic/inner/part`, 'part of classic'],
    [`runs:/${RUN}/iris_model/inner/part`, 'part of logged'],
    [`models:/${MODEL}/inner/part`, 'part of logged'],
    ['models:/iris/1/inner/part', 'part of classic'],
    ['models:/iris@champion/inner/part', 'part of logged'],
    ['models:/iris/latest/inner/part', 'part of logged'],
    ['models:/iris/Archived/inner/part', 'part of classic'],
  ])('gives a model that lies inside of another: %s', async (uri, extra) => {
    const inside = (place: string, text: string): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(modelFiles({ extra: text })).map(([path, content]) => [
          `${place}/inner/part/${path}`,
          content,
        ]),
      );
    const store = makeStore({
      ...inside(`1/${RUN}/artifacts/classic`, 'part of classic'),
      ...inside(`1/models/${MODEL}/artifacts`, 'part of logged'),
    });
    const handle = await store.resolve(uri);
    expect(extraOf(handle)).toBe(extra);
    expect(handle.model.origin.uri).toBe(uri);
  });

  it('may have another name now', async () => {
    const { root } = makeStore({}, '/home/ada/project/mlruns');
    renameSync(root, `${root}-copy`);
    const where = { workingFolder: makeFolder(), trackingUri: `file://${root}-copy` };
    expect(extraOf(await resolveIn('models:/iris/1', where))).toBe('classic');
  });

  it('is read without the empty folders that a copy may have lost, and with a run of a deleted experiment', async () => {
    const { root, resolve } = makeStore();
    renameSync(join(root, '1'), join(root, '0', 'x'));
    writeTree(root, { '.trash/meta': '' });
    renameSync(join(root, '0', 'x'), join(root, '.trash', '1'));
    writeFileSync(
      join(root, '.trash/1', RUN, 'meta.yaml'),
      `artifact_uri: ${root}/.trash/1/${RUN}/artifacts\nexperiment_id: '1'\nrun_id: ${RUN}\n`,
    );
    expect(extraOf(await resolve(`runs:/${RUN}/classic`))).toBe('classic');
  });

  it.each([
    [`runs:/${'f'.repeat(32)}/m`, 'does not exist', 'check the run id'],
    [`runs:/${RUN}/nope`, "has no 'nope'", '/iris_model'],
    [`models:/m-${'d'.repeat(32)}`, 'does not exist', 'names a model id'],
    ['models:/iris/3', "'iris/3' does not exist", "versions of 'iris' are 1, 2, 10"],
    ['models:/iris/11', "'iris/11' does not exist", 'are 1, 2, 10'],
    ['models:/irsi/1', "'irsi' does not exist", "'iris'"],
    ['models:/iris@nobody', "no alias 'nobody'", 'champion (version 2)'],
    ['models:/iris/Staging', "in stage 'Staging'", 'Archived (version 1)'],
    ['models:/a\\b/1', 'does not exist', "'iris'"],
  ])('explains what it does not have: %s', async (uri, message, hint) => {
    await expect(makeStore().resolve(uri)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  const bomb = `${Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]`).join('\n')}\n`;
  it.each([
    ['a YAML bomb', bomb],
    ['YAML that is none', 'run_id: [\n'],
    ['a list', '- x\n'],
    ['more than a megabyte', `x: ${'y'.repeat(1024 * 1024)}\n`],
    ['another run', `experiment_id: '1'\nrun_id: ${'e'.repeat(32)}\nartifact_uri: /etc\n`],
    ['another experiment', `experiment_id: '7'\nrun_id: ${RUN}\nartifact_uri: /etc\n`],
  ])('ends in one clear error where a record is %s', async (_, text) => {
    const { resolve } = makeStore({ [`1/${RUN}/meta.yaml`]: text });
    await expect(resolve(`runs:/${RUN}/classic`)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining("the store './mlruns'") as string,
    });
  });

  it('does not look below a run that lies among artifacts', async () => {
    const inside = `1/${RUN}/artifacts/classic/evil`;
    const { resolve } = makeStore({ [`${inside}/meta.yaml`]: 'run_id: evil\nexperiment_id: classic\n' });
    await expect(resolve('runs:/evil/x')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('that is none, or is not there, says so', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'stuff/x': '' });
    const trackingUri = (name: string): string => join(folder, name);
    await expect(
      resolveIn('models:/iris/1', { workingFolder: folder, trackingUri: trackingUri('stuff') }),
    ).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('no experiments') as string,
    });
    await expect(
      resolveIn('models:/iris/1', { workingFolder: folder, trackingUri: trackingUri('nope') }),
    ).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  it('follows a link to an experiment', async () => {
    const { root, resolve } = makeStore();
    const elsewhere = makeFolder();
    rmSync(elsewhere, { recursive: true });
    renameSync(join(root, '1'), elsewhere);
    symlinkSync(elsewhere, join(root, '1'));
    expect(extraOf(await resolve(`runs:/${RUN}/classic`))).toBe('classic');
    rmSync(elsewhere, { recursive: true });
  });
});
