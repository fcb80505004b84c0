import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../../src/actions/build-image.ts';
import { resolutionFailure } from '../../../../src/actions/lock/resolution-failure.ts';
import { CaissonError } from '../../../../src/core/errors.ts';
import type { BuildRequest } from '../../../../src/engine/port.ts';
import { parseImageReference } from '../../../../src/model/image-reference.ts';
import { lockOfImage, makeLock, mergeLocks, parseLock, type Lock } from '../../../../src/model/lock.ts';
import { recordedWork, testPorts, type TestPorts } from '../../../support/action-ports.ts';
import { codeOf, rejection } from '../../../support/errors.ts';
import { BASE_IMAGE, buildRequest, IMAGE_REQUEST } from '../../../support/requests.ts';

function portsWithBase(): TestPorts {
  const ports = testPorts();
  ports.engine.addImage(BASE_IMAGE);
  return ports;
}

const builds = ({ engine }: TestPorts): readonly BuildRequest[] =>
  engine.calls.filter(({ method }) => method === 'build').map(({ argument }) => argument as BuildRequest);

const fileOf = (build: BuildRequest | undefined, path: string): string | undefined => {
  const content = build?.context.entries.find((entry) => entry.path === path)?.content;
  return content?.kind === 'text' ? content.text : undefined;
};

async function lockOf(ports: TestPorts, more: Parameters<typeof buildRequest>[0] = {}): Promise<Lock> {
  let kept: Lock | undefined;
  const keepLock = (lock: Lock): Promise<void> => {
    kept = lock;
    return Promise.resolve();
  };
  await buildImage(buildRequest({ ...more, keepLock }), ports, recordedWork());
  return kept!;
}

describe('the lock of a build', () => {
  it('is resolved first, with nothing of the model, and is a file of the image', async () => {
    const ports = portsWithBase();
    const lock = await lockOf(ports);
    const [resolving, building] = builds(ports);
    expect(builds(ports)).toHaveLength(2);
    expect(resolving?.context.entries.map(({ path }) => path)).toEqual([
      ...['.dockerignore', 'Dockerfile', 'declared.txt', 'installer/bytecode.py', 'installer/prune.py'],
      'requirements.txt',
    ]);
    expect(resolving?.tags).toEqual([]);
    expect(lock.text).toMatch(
      /^# Locked by caisson for Python 3\.11 on linux\/amd64: sha256:[0-9a-f]{64}\nnumpy==2\.0\.0\n$/,
    );
    expect(fileOf(building, 'requirements.lock')).toBe(lockOfImage(lock));
    expect(fileOf(building, 'Dockerfile')).not.toContain('uv pip compile');
  });

  it('of another platform serves, with a warning that it may lack something', async () => {
    const ports = portsWithBase();
    const lock = await lockOf(ports);
    const arm64 = { os: 'linux', architecture: 'arm64' };
    const told = async (platforms: Lock['platforms']) => {
      const work = recordedWork();
      const given = makeLock('# Without a wheel: a==1\nnumpy==2.0.0\n', { ...lock, platforms });
      await buildImage(buildRequest({ image: { ...IMAGE_REQUEST, lock: given } }), ports, work);
      return work.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    };
    expect(await told([arm64])).toEqual([
      expect.stringMatching(/made for linux\/arm64: .* only linux\/amd64/),
    ]);
    for (const platforms of [[arm64, ...lock.platforms], []])
      expect(await told(platforms)).toEqual([expect.stringContaining('no wheel for linux/amd64 of a==1')]);
  });

  it('is in the image without its platforms, so that one more of them rebuilds nothing', async () => {
    const ports = portsWithBase();
    const lock = await lockOf(ports);
    const arm64 = { os: 'linux', architecture: 'arm64' };
    const more = makeLock('numpy==2.0.0\n', { ...lock, platforms: [...lock.platforms, arm64] });
    for (const given of [lock, more])
      await buildImage(buildRequest({ image: { ...IMAGE_REQUEST, lock: given } }), ports, recordedWork());
    expect(builds(ports)).toHaveLength(2);
    expect(parseLock(more.text.replaceAll('\n', '\r\n'), 'x')).toEqual(more);
  });

  it('names what the index had no wheel of for the platform, before the image is built', async () => {
    const ports = portsWithBase();
    const sources = Array.from({ length: 14 }, (_, at) => `p${at}==1`);
    ports.engine.filesOfBuiltImages = {
      '/lock/requirements.lock': `# Without a wheel: ${sources.join(' ')}\nnumpy==2.0.0\n`,
    };
    const work = recordedWork();
    await buildImage(buildRequest({}), ports, work);
    await buildImage(buildRequest({}), ports, work);
    const warnings = work.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    const message = `no wheel for linux/amd64 of ${sources.slice(0, 12).join(', ')} and 2 more: built from source`;
    expect(warnings).toEqual([message, message]);
  });

  it('leaves no image of the resolving build behind', async () => {
    const ports = portsWithBase();
    await lockOf(ports);
    expect(ports.engine.images.size).toBe(2);
  });

  it('is kept: the same requirements on the same base are resolved once', async () => {
    const ports = portsWithBase();
    const first = await lockOf(ports);
    ports.engine.filesOfBuiltImages = { '/lock/requirements.lock': 'numpy==2.1.0\n' };
    const tags = () => [parseImageReference('registry.test/iris:2')];
    expect(await lockOf(ports, { tags })).toEqual(first);
    expect(builds(ports)).toHaveLength(3);
    expect((await lockOf(ports, { cache: 'ignore' })).text).toContain('numpy==2.1.0');
  });

  it.each([
    ['empty', () => ''],
    ['of zeros', (text: string) => '\0'.repeat(text.length)],
    ['cut', (text: string) => text.slice(0, -3)],
    ['of something else', (text: string) => text.replace(/sha256:[a-f0-9]+/, `sha256:${'0'.repeat(64)}`)],
  ])('is resolved anew when the kept one is %s, and then kept', async (_, damage) => {
    const ports = portsWithBase();
    const written: string[] = [];
    const keepsakes: TestPorts['keepsakes'] = {
      ...ports.keepsakes,
      write: (kind, key, text) => {
        if (kind === 'locks') written.push(text);
        return ports.keepsakes.write(
          kind,
          key,
          kind === 'locks' && written.length === 1 ? damage(text) : text,
        );
      },
    };
    const damaged = { ...ports, keepsakes };
    const first = await lockOf(damaged);
    for (const tag of ['registry.test/iris:2', 'registry.test/iris:3'])
      expect(await lockOf(damaged, { tags: () => [parseImageReference(tag)] })).toEqual(first);
    expect(written).toEqual([first.text, first.text]);
  });

  it.each([
    ['another index', { indexUrl: 'https://index.example/simple' }],
    ['another day', { asOf: '2026-01-01T00:00:00Z' }],
    ['all of MLflow', { mlflow: 'full' }],
  ] as const)('is resolved anew for %s', async (_, change) => {
    const ports = portsWithBase();
    await lockOf(ports);
    await lockOf(ports, { image: { ...IMAGE_REQUEST, ...change } });
    expect(builds(ports)).toHaveLength(4);
  });

  it('is resolved anew for another wheel, or one of another size', async () => {
    const ports = portsWithBase();
    const wheelOf = (name: string, size: number, modified = 1) => ({
      image: { ...IMAGE_REQUEST, wheelhouse: { files: [name], use: 'also' } as const },
      wheels: [{ name, size, modified, path: `/home/me/${name}` }],
    });
    await lockOf(ports, wheelOf('a-1-py3-none-any.whl', 1));
    await lockOf(ports, wheelOf('a-1-py3-none-any.whl', 2));
    await lockOf(ports, wheelOf('b-1-py3-none-any.whl', 2));
    expect(builds(ports)).toHaveLength(6);
    await lockOf(ports, wheelOf('b-1-py3-none-any.whl', 2));
    expect(builds(ports)).toHaveLength(7);
    await lockOf(ports, wheelOf('b-1-py3-none-any.whl', 2, 2));
    expect(builds(ports)).toHaveLength(9);
  });

  it('is resolved anew on another base', async () => {
    const ports = portsWithBase();
    await lockOf(ports);
    ports.engine.addImage(BASE_IMAGE, { imageId: `sha256:${'ab'.repeat(32)}` });
    await lockOf(ports);
    expect(builds(ports)).toHaveLength(4);
  });

  it('that is given is used as it is', async () => {
    const ports = portsWithBase();
    const lock = await lockOf(ports);
    const given = { ...lock, text: lock.text.replace('2.0.0', '1.9.9') };
    expect(await lockOf(ports, { image: { ...IMAGE_REQUEST, lock: given } })).toEqual(given);
    expect(fileOf(builds(ports).at(-1), 'requirements.lock')).toBe(lockOfImage(given));
    expect(builds(ports)).toHaveLength(3);
  });

  it.each([
    ['other requirements', { resolves: `sha256:${'0'.repeat(64)}` }, 'LOCK_STALE'],
    ['another Python', { python: '3.10' }, 'LOCK_STALE'],
    ['a login', { text: 'a @ https://me:secret@example.org/a.whl\n' }, 'LOCK_BROKEN'],
  ] as const)('that was made for %s is refused', async (_, change, code) => {
    const ports = portsWithBase();
    const lock = { ...(await lockOf(ports)), ...change };
    const request = buildRequest({ image: { ...IMAGE_REQUEST, lock } });
    const error = await rejection(buildImage(request, ports, recordedWork()));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });
});

describe('the file of a lock', () => {
  it('reads back as it was made', () => {
    const lock = makeLock('a==1\n', { resolves: `sha256:${'1'.repeat(64)}`, python: '3.12', platforms: [] });
    expect(parseLock(lock.text, 'x')).toEqual(lock);
    expect(lock.withoutWheel).toEqual([]);
  });

  it('remembers what had no wheel', () => {
    const made = { resolves: `sha256:${'1'.repeat(64)}`, python: '3.12', platforms: [] };
    const lock = makeLock('# Without a wheel: a==1 b==2\n--index-url https://x.example\na==1\n', made);
    expect(lock.withoutWheel).toEqual(['a==1', 'b==2']);
    expect(parseLock(lock.text, 'x')).toEqual(lock);
  });

  it.each(['', 'a==1\n', '# Locked by caisson for Python 3.12: sha256:12\n'])(
    'is no other file: %j',
    (text) => {
      expect(codeOf(() => parseLock(text, "'my.lock'"))).toBe('LOCK_BROKEN');
    },
  );
});

describe('a build that cannot resolve', () => {
  const failed = (log: string, instruction = 'RUN … uv pip compile …'): CaissonError =>
    new CaissonError('BUILD_FAILED', 'build step failed', { detail: `${instruction}\n\n${log}` });
  const told = (error: unknown, asOf?: string): CaissonError =>
    resolutionFailure(error, asOf === undefined ? {} : { asOf }) as CaissonError;
  const noSolution = '× No solution found when resolving dependencies';

  it('says so, and suggests the day of the training', () => {
    expect(told(failed(noSolution))).toMatchObject({ code: 'RESOLUTION_FAILED', detail: noSolution });
    expect(told(failed(noSolution)).hint).toContain('--as-of training');
    expect(told(failed(noSolution), '2026-01-01').hint).toContain('later day');
  });

  it('says that an index without upload times knows no past', () => {
    const log = `warning: numpy is missing an upload date, but user provided: 2026\n${noSolution}`;
    expect(told(failed(log), '2026-01-01').message).toContain('when packages were uploaded');
    expect(told(failed(log)).message).toContain('no set of versions');
  });

  it('stays what it is for every other reason', () => {
    for (const error of [
      failed('could not connect'),
      failed(noSolution, 'RUN pip install uv'),
      new CaissonError('ENGINE_FAILED', 'uv pip compile: No solution found'),
      new TypeError('no'),
    ])
      expect(told(error)).toBe(error);
  });

  it('of several platforms are one when they choose the same', () => {
    const head = { resolves: `sha256:${'1'.repeat(64)}`, python: '3.12' };
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
    const [one, two] = [amd64!, arm64!].map((each) => makeLock('a==1\n', { ...head, platforms: [each] }));
    const merged = mergeLocks(one!, [two!]);
    expect(merged?.text).toContain(' on linux/amd64, linux/arm64: sha256:');
    expect(parseLock(merged!.text, 'x')).toEqual(merged);
    expect(mergeLocks(one!, [makeLock('a==2\n', { ...head, platforms: [arm64!] })])).toBeUndefined();
    const odd = one!.text.replace('linux/amd64', 'plan9/mips');
    expect(codeOf(() => parseLock(odd, 'x'))).toBe('LOCK_BROKEN');
  });
});
