import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelSources } from '../../../src/sources/index.ts';
import type { ModelSources } from '../../../src/sources/port.ts';
import { modelFiles } from '../../support/model-files.ts';
import { recordEvents } from '../../support/recorded-events.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const never = new AbortController().signal;

function sourcesIn(workingFolder: string): ModelSources {
  return createModelSources({
    credentials: { kind: 'none' },
    workingFolder,
    cacheFolder: join(workingFolder, 'cache'),
  });
}

describe('parse', () => {
  it('takes an existing path before any scheme, as MLflow does', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'models:/iris/1/MLmodel': '', 'run 1/MLmodel': '' });
    const sources = sourcesIn(folder);
    expect(await sources.parse('models:/iris/1')).toEqual({ kind: 'folder', path: 'models:/iris/1' });
    expect(await sources.parse('run 1')).toEqual({ kind: 'folder', path: 'run 1' });
    expect(await sources.parse('models:/iris/2')).toMatchObject({ kind: 'version', version: 2 });
    await expect(sources.parse('hdfs://host/x')).rejects.toMatchObject({ code: 'MODEL_SCHEME_UNSUPPORTED' });
    await expect(sources.parse('a\0b')).rejects.toMatchObject({ code: 'MODEL_URI_INVALID' });
  });
});

describe('a model in a folder', () => {
  it.each(['iris', './iris', '../FOLDER/iris', 'ABSOLUTE', 'file:ABSOLUTE', 'file://ABSOLUTE'])(
    'resolves %s',
    async (form) => {
      const folder = makeFolder();
      writeTree(join(folder, 'iris'), modelFiles({ 'conda.yaml': 'dependencies:\n- python=3.11.7\n' }));
      const text = form
        .replace('FOLDER', folder.split('/').at(-1)!)
        .replace('ABSOLUTE', join(folder, 'iris'));
      const sources = sourcesIn(folder);
      const { emit, events } = recordEvents();
      const { model, dispose } = await sources.resolve(await sources.parse(text), { emit, signal: never });
      expect(model.folder).toBe(join(folder, 'iris'));
      expect(model.origin).toEqual({ uri: 'iris' });
      expect(model.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(model.environment.requirements).toHaveLength(2);
      expect(events).toContainEqual({ type: 'step.end', step: 'read-model', outcome: 'done' });
      await dispose();
    },
  );

  it('knows what MLmodel says of its run', async () => {
    const folder = makeFolder();
    const files = modelFiles();
    writeTree(folder, { ...files, MLmodel: `${files['MLmodel']!}run_id: abc\nmodel_id: m-1\n` });
    const sources = sourcesIn(folder);
    const { model } = await sources.resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: never },
    );
    expect(model.origin).toMatchObject({ runId: 'abc', modelId: 'm-1' });
  });

  it.each([
    ['nope', {}, 'MODEL_NOT_FOUND', "the folder 'nope' does not exist"],
    ['m', { m: 'file' }, 'MODEL_BROKEN', "'m' is a file"],
    ['m', { 'm/x': '' }, 'MODEL_BROKEN', "the folder 'm' holds no 'MLmodel'"],
    ['m', { 'm/MLmodel': 'flavors: [' }, 'MODEL_BROKEN', 'is not YAML'],
    ['m', { 'm/MLmodel': 'flavors: {spark: {}}' }, 'MODEL_BROKEN', "only 'spark'"],
    ['m', { 'm/MLmodel/x': '' }, 'MODEL_BROKEN', "holds no 'MLmodel'"],
  ])('refuses %s of %j', async (path, files, code, message) => {
    const folder = makeFolder();
    writeTree(folder, files);
    const work = sourcesIn(folder).resolve({ kind: 'folder', path }, { ...recordEvents(), signal: never });
    await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('stops when aborted', async () => {
    const folder = makeFolder();
    writeTree(folder, modelFiles());
    const work = sourcesIn(folder).resolve(
      { kind: 'folder', path: '.' },
      { ...recordEvents(), signal: AbortSignal.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
