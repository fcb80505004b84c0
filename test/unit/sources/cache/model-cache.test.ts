import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { listingKey } from '../../../../src/sources/cache/cache-index.ts';
import { ModelCache } from '../../../../src/sources/cache/model-cache.ts';
import { hasMark, setMark, thisMachine } from '../../../../src/sources/cache/marks.ts';
import { TreeStore, type TakenTree } from '../../../../src/sources/cache/tree-store.ts';
import { listModelFiles } from '../../../../src/sources/files/list-files.ts';
import { digestTree } from '../../../../src/sources/files/tree-digest.ts';
import { temporaryFolders, writeTree } from '../../../support/test-folders.ts';

const makeFolder = temporaryFolders();
const { signal } = new AbortController();
const KEY = 'a'.repeat(64);
const FILES = { MLmodel: 'flavors: {}', 'data/weights.bin': 'w'.repeat(1000) };

interface Put {
  readonly files?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly model?: string;
}

async function put(
  cacheFolder: string,
  { files = FILES, key = KEY, model = 'models:/iris/1' }: Put = {},
  limitBytes?: number,
): Promise<TakenTree | undefined> {
  mkdirSync(join(cacheFolder, 'tmp'), { recursive: true });
  const workspace = mkdtempSync(join(cacheFolder, 'tmp', 'model-'));
  const folder = join(workspace, 'model');
  writeTree(folder, files);
  const listed = await listModelFiles({ folder, shown: 'm' }, signal);
  const digest = await digestTree({ folder, files: listed, signal, onBytes: () => undefined });
  const cache = new ModelCache({ cacheFolder, ...(limitBytes === undefined ? {} : { limitBytes }) });
  return cache.keep({ workspace, digest, files: listed, key, model }, signal);
}

const cacheOf = (cacheFolder: string): ModelCache => new ModelCache({ cacheFolder });

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

describe('a model in the cache', () => {
  it('is found by what its place listed, with its digest and files', async () => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    const found = (await cacheOf(folder).find(KEY, signal))!;
    expect(found).toMatchObject({ digest: kept.digest, folder: kept.folder });
    expect(found.files).toEqual([
      { path: 'MLmodel', size: 11 },
      { path: 'data/weights.bin', size: 1000 },
    ]);
    expect(readFileSync(join(found.folder, 'MLmodel'), 'utf8')).toBe(FILES.MLmodel);
    expect(await cacheOf(folder).find('b'.repeat(64), signal)).toBeUndefined();
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  it('is there once, whatever places it came from', async () => {
    const folder = makeFolder();
    const one = (await put(folder))!;
    const two = (await put(folder, { key: 'b'.repeat(64), model: 'runs:/r/m' }))!;
    expect(two.folder).toBe(one.folder);
    expect(await cacheOf(folder).list()).toMatchObject([
      { bytes: 1011, files: 2, models: ['models:/iris/1', 'runs:/r/m'], use: 'in-use' },
    ]);
  });

  it.each([
    [
      'shorter',
      (path: string) => {
        writeFileSync(path, 'w');
      },
    ],
    [
      'gone',
      (path: string) => {
        rmSync(path);
      },
    ],
    [
      'changed, as long as before',
      (path: string) => {
        writeFileSync(path, 'x'.repeat(1000));
      },
    ],
    ['replaced by a folder', replaceByFolder],
  ])('is not used when a file is %s, and goes', async (_, spoil) => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    const path = join(kept.folder, 'data/weights.bin');
    chmodSync(path, 0o644);
    spoil(path);
    expect(await cacheOf(folder).find(KEY, signal)).toBeUndefined();
    expect(existsSync(kept.folder)).toBe(false);
    const again = await put(folder);
    expect(readFileSync(join(again!.folder, 'data/weights.bin'), 'utf8')).toBe(FILES['data/weights.bin']);
  });

  it('is read again after the machine started anew, or when a time changed, and used when it is right', async () => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    const described = join(kept.folder, '../tree.json');
    const tree = JSON.parse(readFileSync(described, 'utf8')) as object;
    writeFileSync(described, JSON.stringify({ ...tree, boot: 'another' }));
    utimesSync(join(kept.folder, 'MLmodel'), 1000, 1000);
    expect(await cacheOf(folder).find(KEY, signal)).toMatchObject({ digest: kept.digest });
    expect(JSON.parse(readFileSync(described, 'utf8'))).toEqual(tree);
  });

  it('is found damaged by verify, whatever its times say', async () => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    const path = join(kept.folder, 'data/weights.bin');
    expect(await cacheOf(folder).verify(kept.digest, signal)).toBe('right');
    const { atime, mtime } = statSync(path);
    chmodSync(path, 0o644);
    writeFileSync(path, 'x'.repeat(1000));
    utimesSync(path, atime, mtime);
    expect(await cacheOf(folder).verify(kept.digest, signal)).toBe('damaged');
    expect(await cacheOf(folder).verify(kept.digest, signal)).toBe('gone');
  });

  it.each(['tree.json', 'files.json'])('with a %s that is rubbish is not used', async (name) => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    writeFileSync(join(kept.folder, '..', name), '{"digest": 7');
    expect(await cacheOf(folder).find(KEY, signal)).toBeUndefined();
    expect(await put(folder)).toBeDefined();
  });
});

const deadProcess = (): string =>
  spawnSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']).stdout.toString();

describe('several processes', () => {
  it('keep the same model at once, and both have it', async () => {
    const folder = makeFolder();
    const kept = await Promise.all(Array.from({ length: 8 }, () => put(folder)));
    expect(new Set(kept.map((tree) => tree?.folder)).size).toBe(1);
    expect(readFileSync(join(kept[7]!.folder, 'MLmodel'), 'utf8')).toBe(FILES.MLmodel);
  });

  it('do not remove what another one uses', async () => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    expect(await cacheOf(folder).remove(kept.digest)).toBe('in-use');
    await kept.release();
    expect(await cacheOf(folder).remove(kept.digest)).toBe('removed');
    expect(await cacheOf(folder).remove(kept.digest)).toBe('gone');
    expect(existsSync(kept.folder)).toBe(false);
  });

  it('take and remove at once: whoever has it can read it', async () => {
    const folder = makeFolder();
    for (let round = 0; round < 20; round += 1) {
      await (await put(folder))?.release();
      const [digest] = (await cacheOf(folder).list()).map((model) => model.digest);
      const [taken] = await Promise.all([cacheOf(folder).find(KEY, signal), cacheOf(folder).remove(digest!)]);
      if (taken !== undefined)
        expect(readFileSync(join(taken.folder, 'MLmodel'), 'utf8')).toBe(FILES.MLmodel);
      await taken?.release();
    }
  });

  it('keep a model while another one still empties what it removed, and have it for themselves', async () => {
    const folder = makeFolder();
    const many = Array.from({ length: 1500 }, (_, index): [string, string] => [`data/${index}`, 'x']);
    const trees = new TreeStore(folder, join(folder, 'models'));
    const content = { digest: `sha256:${KEY}`, files: [{ path: 'MLmodel', size: 11 }] };
    const [one, two] = [join(folder, 'tmp/one'), join(folder, 'tmp/two')];
    writeTree(join(one, 'model'), { ...FILES, ...Object.fromEntries(many) });
    writeTree(join(two, 'model'), FILES);
    const kept = (await trees.put(one, content, signal))!;
    await kept.release();
    let removed = false;
    const removal = trees.remove(kept.digest).then(() => (removed = true));
    while (existsSync(kept.folder)) await wait(1);
    const taken = (await trees.put(two, content, signal))!;
    expect(removed).toBe(false);
    await removal;
    expect(await trees.remove(kept.digest)).toBe('in-use');
    expect(existsSync(taken.folder)).toBe(true);
    await taken.release();
    expect(await trees.remove(kept.digest)).toBe('removed');
    expect(readdirSync(join(folder, 'models/marks'))).toEqual([]);
  });

  it('set a mark although another one removes the empty folder of the marks', async () => {
    const folder = join(makeFolder(), 'marks');
    for (let round = 0; round < 300; round += 1) {
      mkdirSync(folder, { recursive: true });
      const empty = rmdir(folder).catch(() => undefined);
      const mark = await setMark(folder, 'use');
      await empty;
      expect(mark).toBeDefined();
      await mark?.release();
    }
  });

  it('are not kept waiting by one that died', async () => {
    const folder = makeFolder();
    const dead = deadProcess();
    await setMark(folder, 'use');
    const [name] = readdirSync(folder);
    rmSync(join(folder, name!));
    writeFileSync(join(folder, name!.replace(`.${process.pid}.`, `.${dead}.`)), '');
    expect(await hasMark(folder, 'use')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['machine', { host: 'other', boot: 'other', processes: 'other' }],
    // such as one that has the host's name and the host's start, and numbers of processes of its own
    ['container', { processes: 'other' }],
  ])('of another %s are believed for a day', async (_, other) => {
    const folder = makeFolder();
    const { host, boot, processes } = { ...(await thisMachine()), ...other };
    const path = join(folder, ['use', host, boot, processes, deadProcess(), 'x'].join('.'));
    writeFileSync(path, '');
    expect(await hasMark(folder, 'use')).toBe(true);
    expect(await hasMark(folder, 'remove')).toBe(false);
    utimesSync(path, Date.now() / 1000 - 90_000, Date.now() / 1000 - 90_000);
    expect(await hasMark(folder, 'use')).toBe(false);
  });
});

describe('the size of the cache', () => {
  it('is kept by removing what was not used for longest, and never what is used', async () => {
    const folder = makeFolder();
    const trees: TakenTree[] = [];
    for (const name of ['a', 'b', 'c']) {
      const tree = (await put(folder, {
        files: { MLmodel: name.repeat(1000) },
        key: name.repeat(64),
        model: name,
      }))!;
      const when = Date.now() / 1000 - 1000 + trees.length;
      utimesSync(join(tree.folder, '../tree.json'), when, when);
      trees.push(tree);
    }
    await trees[1]!.release();
    await trees[2]!.release();
    const last = await put(
      folder,
      { files: { MLmodel: 'd'.repeat(1000) }, key: 'd'.repeat(64), model: 'd' },
      2500,
    );
    expect((await cacheOf(folder).list()).map(({ models }) => models[0])).toEqual(['a', 'd']);
    await last?.release();
  });

  it('smaller than a model lets it go when it is not used any more', async () => {
    const folder = makeFolder();
    const kept = (await put(folder, {}, 0))!;
    expect(existsSync(kept.folder)).toBe(true);
    await kept.release();
    expect(existsSync(kept.folder)).toBe(false);
  });
});

describe('what a process that died left', () => {
  it('is swept after a day, and entries that lead nowhere with it', async () => {
    const folder = makeFolder();
    const kept = (await put(folder))!;
    await kept.release();
    const old = join(folder, 'tmp', 'model-999999999-abc');
    const fresh = join(folder, 'tmp', 'model-999999999-def');
    mkdirSync(old, { recursive: true });
    mkdirSync(fresh);
    utimesSync(old, 1000, 1000);
    rmSync(join(kept.folder, '..'), { recursive: true });
    await cacheOf(folder).sweep();
    expect(readdirSync(join(folder, 'tmp'))).toEqual(['model-999999999-def']);
    expect(readdirSync(join(folder, 'models/index'))).toEqual([]);
  });
});

describe('the key of a listing', () => {
  const place = { place: 'p', files: [{ path: 'a', size: 1, ranges: 'supported' }] } as const;

  it('does not depend on the order of files', () => {
    const b = { path: 'b', size: 2, ranges: 'supported' } as const;
    const [one, two] = [
      [...place.files, b],
      [b, ...place.files],
    ];
    expect(listingKey([{ ...place, files: one }])).toBe(listingKey([{ ...place, files: two }]));
  });

  it.each([
    [{ ...place, place: 'q' }],
    [{ ...place, mlmodel: 'x' }],
    [{ ...place, files: [{ ...place.files[0], size: 2 }] }],
    [{ ...place, files: [{ ...place.files[0], version: 'v' }] }],
    [{ ...place, files: [{ ...place.files[0], checksum: { algorithm: 'md5', value: 'v' } as const }] }],
  ])('is another one for %j', (other) => {
    expect(listingKey([other])).not.toBe(listingKey([place]));
  });
});
