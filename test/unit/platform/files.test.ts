import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { checkApart, checkTarget, writeTree, type TreeEntry } from '../../../src/platform/files.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();
const text = (path: string, content: string): TreeEntry => ({
  path,
  content: { kind: 'text', text: content },
});
const file = (path: string, source: string): TreeEntry => ({
  path,
  content: { kind: 'file', source, size: 0 },
});
const never = new AbortController().signal;
const refuse = { existing: 'refuse', signal: never } as const;
const replace = { existing: 'replace', signal: never } as const;

function contentOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

describe('checkApart', () => {
  it.each([
    ['model', 'model'],
    ['model/out', 'model'],
    ['.', 'model'],
    ['link/out', 'model'],
  ])('refuses to write %j when the model is in %j', async (target, source) => {
    const base = newFolder();
    mkdirSync(join(base, 'model'));
    symlinkSync('model', join(base, 'link'));
    expect((await rejection(checkApart(join(base, target), join(base, source)))).code).toBe('USAGE');
  });

  it.each(['out', 'model-2', '..model', 'a/b/c'])('lets %j be written', async (target) => {
    const base = newFolder();
    mkdirSync(join(base, 'model'));
    await checkApart(join(base, target), join(base, 'model'));
    expect(readdirSync(base)).toEqual(['model']);
  });
});

describe('checkTarget', () => {
  it('tells what a folder holds, and refuses one that holds files', async () => {
    const base = newFolder();
    expect(await checkTarget(join(base, 'none'), 'refuse')).toBeUndefined();
    expect(await checkTarget(base, 'refuse')).toEqual([]);
    writeFileSync(join(base, 'x'), '');
    expect((await rejection(checkTarget(base, 'refuse'))).code).toBe('OUTPUT_NOT_EMPTY');
    expect(await checkTarget(base, 'replace')).toEqual(['x']);
  });
});

describe('writeTree', () => {
  it('writes texts and files into a folder that it makes', async () => {
    const base = newFolder();
    writeFileSync(join(base, 'source'), 'from a file', { mode: 0o600 });
    const target = join(base, 'a/b/out');
    await writeTree(
      target,
      { entries: [text('x', '1'), text('d/e/y\n "ü"', '2'), file('d/z', join(base, 'source'))] },
      refuse,
    );
    expect(contentOf(target)).toEqual({ x: '1', 'd/e/y\n "ü"': '2', 'd/z': 'from a file' });
    expect(readdirSync(join(base, 'a/b'))).toEqual(['out']);
  });

  it('gives fixed modes whatever the umask and the source say', async () => {
    const base = newFolder();
    writeFileSync(join(base, 'source'), '', { mode: 0o777 });
    chmodSync(join(base, 'source'), 0o777);
    const old = process.umask(0o077);
    try {
      await writeTree(
        join(base, 'out'),
        { entries: [file('d/e/z', join(base, 'source')), text('d/t', '')] },
        refuse,
      );
    } finally {
      process.umask(old);
    }
    const mode = (path: string): string => (statSync(join(base, 'out', path)).mode & 0o777).toString(8);
    expect(['', 'd', 'd/e', 'd/e/z', 'd/t'].map(mode)).toEqual(['755', '755', '755', '644', '644']);
  });

  it('fills a folder that is empty and stays the same folder', async () => {
    const target = newFolder();
    const { ino } = statSync(target);
    await writeTree(target, { entries: [text('x', '1')] }, refuse);
    expect(contentOf(target)).toEqual({ x: '1' });
    expect(statSync(target).ino).toBe(ino);
  });

  it('refuses a folder that is not empty, and leaves it as it was', async () => {
    const target = newFolder();
    writeFileSync(join(target, '.hidden'), 'old');
    const error = await rejection(writeTree(target, { entries: [text('x', '1')] }, refuse));
    expect(error.code).toBe('OUTPUT_NOT_EMPTY');
    expect(error.message).toContain(target);
    expect(contentOf(target)).toEqual({ '.hidden': 'old' });
  });

  it('replaces the whole content when asked', async () => {
    const target = newFolder();
    mkdirSync(join(target, 'd'));
    writeFileSync(join(target, 'd/old'), 'old');
    writeFileSync(join(target, 'x'), 'old');
    await writeTree(target, { entries: [text('x', 'new'), text('e/y', 'new')] }, replace);
    expect(contentOf(target)).toEqual({ 'e/y': 'new', x: 'new' });
    expect(readdirSync(target).sort()).toEqual(['e', 'x']);
  });

  it.each([
    ['the working folder', () => process.cwd()],
    ['a folder above it', () => join(process.cwd(), '..')],
    ['the root', () => '/'],
  ])('does not replace %s', async (_, folder) => {
    const error = await rejection(writeTree(folder(), { entries: [text('x', '1')] }, replace));
    expect(error.code).toBe('USAGE');
  });

  it('leaves everything as it was when a source is missing', async () => {
    const base = newFolder();
    const entries = [text('a', '1'), file('b', join(base, 'missing')), text('c', '3')];
    const fresh = await rejection(writeTree(join(base, 'new/deep'), { entries }, refuse));
    expect(fresh).toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringContaining('missing') as unknown,
    });
    expect(readdirSync(base)).toEqual([]);
    mkdirSync(join(base, 'held'));
    writeFileSync(join(base, 'held/old'), 'old');
    await rejection(writeTree(join(base, 'held'), { entries }, replace));
    expect(readdirSync(join(base, 'held'))).toEqual(['old']);
  });

  it('leaves everything as it was when it is interrupted, and throws the reason', async () => {
    const base = newFolder();
    const controller = new AbortController();
    const reason = new CaissonError('TERMINATED', 'terminated');
    const entries: TreeEntry[] = [
      text('a', '1'),
      {
        path: 'b',
        // an abort in the middle of the work: the content is asked for once a was written
        get content() {
          controller.abort(reason);
          return { kind: 'text', text: '' } as const;
        },
      },
    ];
    const work = writeTree(join(base, 'out'), { entries }, { existing: 'refuse', signal: controller.signal });
    expect(await rejection(work)).toBe(reason);
    expect(readdirSync(base)).toEqual([]);
  });

  it('stops in the middle of a file', async () => {
    const base = newFolder();
    const child = spawn('mkfifo', [join(base, 'pipe')]);
    await new Promise((resolve) => child.once('close', resolve));
    const controller = new AbortController();
    const entries = [file('endless', join(base, 'pipe'))];
    const work = writeTree(join(base, 'out'), { entries }, { existing: 'refuse', signal: controller.signal });
    const writer = spawn('sh', ['-c', `exec yes > '${join(base, 'pipe')}'`]);
    setTimeout(() => {
      controller.abort();
    }, 100);
    expect((await rejection(work)).code).toBe('INTERRUPTED');
    writer.kill();
    expect(readdirSync(base)).toEqual(['pipe']);
  });

  it.each(['../x', 'a/../../x', '.', ''])('refuses the path %j', async (path) => {
    const base = newFolder();
    const error = await rejection(writeTree(join(base, 'out'), { entries: [text(path, '')] }, refuse));
    expect(error.code).toBe('INTERNAL');
    expect(readdirSync(base)).toEqual([]);
  });

  it('does not write through a path that occurs twice', async () => {
    const base = newFolder();
    const error = await rejection(
      writeTree(join(base, 'out'), { entries: [text('a', '1'), text('a', '2')] }, refuse),
    );
    expect(error.code).toBe('OUTPUT_FAILED');
  });

  it('says when the place is a file or below one', async () => {
    const base = newFolder();
    writeFileSync(join(base, 'file'), '');
    for (const place of ['file', 'file/below']) {
      const error = await rejection(writeTree(join(base, place), { entries: [text('a', '')] }, replace));
      expect(error.code).toBe('USAGE');
      expect(error.message).toContain(place);
    }
  });

  it('follows a symbolic link to a folder', async () => {
    const base = newFolder();
    mkdirSync(join(base, 'real'));
    symlinkSync(join(base, 'real'), join(base, 'link'));
    await writeTree(join(base, 'link'), { entries: [text('a', '1')] }, refuse);
    expect(contentOf(join(base, 'real'))).toEqual({ a: '1' });
  });
});
