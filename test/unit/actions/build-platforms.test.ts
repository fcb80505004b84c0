import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../src/actions/build-image.ts';
import type { BuildImageRequest } from '../../../src/actions/build/request.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { formatImageReference, parseImageReference } from '../../../src/model/image-reference.ts';
import type { Lock } from '../../../src/model/lock.ts';
import { formatPlatform, parsePlatform } from '../../../src/model/platform.ts';
import { dockerConfigOf, recordedWork, testPorts, type TestPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import type { FakeRegistry } from '../../support/fake-registry.ts';
import { BASE_IMAGE, buildRequest } from '../../support/requests.ts';

const [AMD64, ARM64] = ['linux/amd64', 'linux/arm64'].map(parsePlatform) as [
  ReturnType<typeof parsePlatform>,
  ReturnType<typeof parsePlatform>,
];

interface Scene {
  readonly ports: TestPorts;
  readonly registry: FakeRegistry;
}

/** A registry that has the base for both platforms, and an engine for amd64. */
function scene(): Scene {
  const ports = testPorts();
  const registry = ports.engine.addRegistry('registry.test');
  const arm = ports.engine.addImage(BASE_IMAGE, { platform: ARM64 });
  registry.put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
  registry.others.set(BASE_IMAGE, [arm]);
  return { ports, registry };
}

/** Of images; those that resolve requirements have no tag. */
const builds = ({ engine }: TestPorts): readonly BuildRequest[] =>
  engine.calls
    .filter(({ method }) => method === 'build')
    .map(({ argument }) => argument as BuildRequest)
    .filter(({ tags }) => tags.length > 0);

const request = (more: Partial<BuildImageRequest> = {}): BuildImageRequest =>
  buildRequest({ platforms: [AMD64, ARM64], afterBuild: 'push', ...more });

describe('an image for one platform', () => {
  it('is built for it, on the base for it, though the engine holds another', async () => {
    const { ports } = scene();
    const work = recordedWork();
    const { imageId } = await buildImage(buildRequest({ platforms: [ARM64] }), ports, work);
    expect(work.steps().slice(0, 3)).toEqual([
      `pulling the base image ${BASE_IMAGE}`,
      'resolving the requirements',
      'building registry.test/iris:1 for linux/arm64',
    ]);
    expect(ports.engine.images.get(imageId)?.platform).toEqual(ARM64);
    expect(work.events).toContainEqual({
      type: 'note',
      message:
        'the engine is for linux/amd64: programs for linux/arm64 run slowly, by emulation, if it has one',
    });
  });

  it('says no platform to the engine when none was asked, and yet takes no base of another', async () => {
    const { ports } = scene();
    ports.engine.addImage(BASE_IMAGE, { platform: ARM64 });
    const work = recordedWork();
    await buildImage(buildRequest(), ports, work);
    expect(builds(ports)[0]).not.toHaveProperty('platform');
    expect(work.steps()).toContain(`pulling the base image ${BASE_IMAGE}`);
    expect((await ports.engine.inspectImage(BASE_IMAGE))?.platform).toEqual(AMD64);
  });

  it('takes a base for a variant of the engine’s own machine, unless another was asked', async () => {
    const { ports, registry } = scene();
    registry.others.delete(BASE_IMAGE);
    const newer = parsePlatform('linux/amd64/v3');
    registry.put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE, { platform: newer }));
    await buildImage(buildRequest(), ports, recordedWork());
    const work = recordedWork();
    await buildImage(buildRequest({ platforms: [newer] }), ports, work);
    expect(work.events.filter(({ type }) => type === 'note')).toEqual([]);
    const error = await rejection(buildImage(buildRequest({ platforms: [AMD64] }), ports, recordedWork()));
    expect(error.message).toContain('is for linux/amd64/v3, not for linux/amd64');
  });

  it('needs a base for it', async () => {
    const { ports, registry } = scene();
    registry.others.delete(BASE_IMAGE);
    const error = await rejection(buildImage(buildRequest({ platforms: [ARM64] }), ports, recordedWork()));
    expect(error).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: `the base image '${BASE_IMAGE}' is for linux/amd64, not for linux/arm64`,
    });
    expect(error.hint).toContain('--platform linux/amd64');
    const never = buildRequest({ platforms: [ARM64], pullBase: 'never' });
    expect((await rejection(buildImage(never, ports, recordedWork()))).message).toBe(
      `the base image '${BASE_IMAGE}' for linux/arm64 is not in the engine`,
    );
  });

  it('cannot be built where its programs do not run, and the error says what to do', async () => {
    const { ports } = scene();
    const broken = new CaissonError('PLATFORM_NOT_RUNNABLE', 'x', { detail: 'exec format error' });
    ports.engine.failNext('build', broken);
    const error = await rejection(buildImage(buildRequest({ platforms: [ARM64] }), ports, recordedWork()));
    expect(error).toMatchObject({
      code: 'PLATFORM_NOT_RUNNABLE',
      message: 'the engine is for linux/amd64 and cannot run programs for linux/arm64',
      detail: 'exec format error',
    });
    expect(error.hint).toContain('tonistiigi/binfmt --install arm64');
    expect(error.hint).toContain('--platform linux/amd64');
    ports.engine.failNext('build', broken);
    expect(await rejection(buildImage(buildRequest(), ports, recordedWork()))).toBe(broken);
  });
});

describe('an image for several platforms', () => {
  it('is an index of one image each, and leaves nothing but the tags', async () => {
    const { ports, registry } = scene();
    const tags = ['iris:1', 'iris:latest', 'other:1'].map((name) =>
      parseImageReference(`registry.test/${name}`),
    );
    const { images, imageId } = await buildImage(request({ tags: () => tags }), ports, recordedWork());
    expect(images.map(({ reference }) => reference)).toEqual(tags.map(formatImageReference));
    expect([...registry.indexes.keys()]).toEqual(tags.map(formatImageReference));
    const index = JSON.parse(registry.indexes.get('registry.test/iris:1')!) as {
      readonly manifests: readonly { readonly digest: string; readonly platform: object }[];
    };
    expect(index.manifests.map(({ platform }) => platform)).toEqual([AMD64, ARM64]);
    const platforms = index.manifests.map(({ digest }, at) => ({
      platform: formatPlatform([AMD64, ARM64][at]!),
      digest,
    }));
    expect(images[0]).toEqual({
      reference: 'registry.test/iris:1',
      digest: expect.stringMatching(/^sha256:/) as string,
      platforms,
    });
    expect(registry.removedTags).toEqual([
      'registry.test/iris:caisson-linux-amd64-1',
      'registry.test/iris:caisson-linux-arm64-1',
      'registry.test/other:caisson-linux-amd64-1',
      'registry.test/other:caisson-linux-arm64-1',
    ]);
    expect([...ports.engine.references.keys()].sort()).toEqual(
      [BASE_IMAGE, ...tags.map(formatImageReference)].sort(),
    );
    expect(ports.engine.references.get('registry.test/iris:1')).toBe(imageId);
    expect(ports.engine.images.get(imageId)?.platform).toEqual(AMD64);
  });

  it('builds foreign platforms first, and the base’s name ends with the engine’s own', async () => {
    const { ports } = scene();
    await buildImage(request(), ports, recordedWork());
    expect(builds(ports).map(({ platform }) => platform)).toEqual([ARM64, AMD64]);
    expect((await ports.engine.inspectImage(BASE_IMAGE))?.platform).toEqual(AMD64);
  });

  it('needs --push, and says so before anything is done', async () => {
    const { ports } = scene();
    const error = await rejection(buildImage(request({ afterBuild: 'keep' }), ports, recordedWork()));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain('linux/amd64 and linux/arm64');
    expect(error.hint).toContain('--push');
    expect(ports.engine.calls).toEqual([]);
  });

  it('pushes nothing when the build of one platform fails', async () => {
    const { ports, registry } = scene();
    const build = ports.engine.build.bind(ports.engine);
    const failed: string[] = [];
    ports.engine.build = (asked, work) => {
      const isSecond = asked.tags.length > 0 && asked.platform?.architecture === 'amd64';
      if (!isSecond) return build(asked, work);
      failed.push(...asked.tags.map(formatImageReference));
      return Promise.reject(new CaissonError('BUILD_FAILED', 'x'));
    };
    expect((await rejection(buildImage(request(), ports, recordedWork()))).code).toBe('BUILD_FAILED');
    expect(failed).toEqual(['registry.test/iris:1', 'registry.test/iris:caisson-linux-amd64-1']);
    expect([...registry.images.keys()]).toEqual([BASE_IMAGE]);
    expect(ports.engine.references.size).toBe(1);
  });

  it('pushes nothing when one does not pass its self-test', async () => {
    const { ports, registry } = scene();
    const selfTest = { networkMode: 'none', env: {}, timeoutMs: 1000, requests: [] };
    const { selfTest: passed } = await buildImage(request({ selfTest }), ports, recordedWork());
    expect(passed).toMatchObject({ outcome: 'passed' });
    expect(registry.indexes.size).toBe(1);

    const broken = scene();
    broken.ports.engine.programOfBuiltImages = () => ({ lines: [], end: { exitCode: 1 } });
    const error = await rejection(buildImage(request({ selfTest }), broken.ports, recordedWork()));
    expect(error.code).toBe('SELF_TEST_FAILED');
    expect(error.message).toContain('registry.test/iris:1 for linux/arm64');
    expect(broken.registry.indexes.size).toBe(0);
  });

  it('leaves no name of its own in the engine when the push fails', async () => {
    const { ports, registry } = scene();
    ports.engine.failNext('push', new CaissonError('REGISTRY_FAILED', 'x'));
    expect((await rejection(buildImage(request(), ports, recordedWork()))).code).toBe('REGISTRY_FAILED');
    expect([...ports.engine.references.keys()].sort()).toEqual([BASE_IMAGE, 'registry.test/iris:1'].sort());
    expect(registry.indexes.size).toBe(0);
  });

  it('has one lock for --lock, as far as all platforms have the same', async () => {
    const kept: string[] = [];
    const keepLock = (lock: Lock): Promise<void> => {
      kept.push(lock.text);
      return Promise.resolve();
    };
    await buildImage(request({ keepLock }), scene().ports, recordedWork());
    expect(kept).toEqual([expect.stringContaining('numpy==2.0.0')]);

    const { ports } = scene();
    let version = 0;
    ports.engine.readImageFiles = () => Promise.resolve(new Map([['', `numpy==2.0.${(version += 1)}\n`]]));
    const work = recordedWork();
    await buildImage(request({ keepLock }), ports, work);
    expect(kept).toHaveLength(1);
    expect(work.events).toContainEqual({
      type: 'warning',
      message: 'the locks for linux/amd64 and linux/arm64 differ, and --lock can hold one: it is not written',
      hint: 'build them one at a time, each with a --lock of its own',
    });
  });

  it('is logged in to the registry', async () => {
    const login = { username: 'ann', password: 'pw' };
    const ports = testPorts(dockerConfigOf({ 'registry.test': login }));
    ports.engine.addRegistry('registry.test', login);
    const registry = ports.engine.registries.get('registry.test')!;
    registry.put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
    registry.others.set(BASE_IMAGE, [ports.engine.addImage(BASE_IMAGE, { platform: ARM64 })]);
    await buildImage(request(), ports, recordedWork());
    expect(registry.indexes.size).toBe(1);
  });

  it('logs that a registry keeps the names', async () => {
    const { ports, registry } = scene();
    registry.tagRemoval = 'refused';
    const work = recordedWork();
    await buildImage(request(), ports, work);
    expect(work.events).toContainEqual({
      type: 'step.log',
      step: 'index',
      line: 'the registry keeps the tag registry.test/iris:caisson-linux-arm64-1',
    });
    expect(work.events.filter(({ type }) => type === 'warning')).toEqual([]);
  });
});

describe('caches', () => {
  const cacheFrom = ['registry.test/cache', 'registry.test/none:1'].map(parseImageReference);

  it('are left to BuildKit', async () => {
    const { ports } = scene();
    await buildImage(buildRequest({ cacheFrom, cacheTo: 'inline' }), ports, recordedWork());
    expect(builds(ports)[0]).toMatchObject({ cacheFrom, cacheTo: 'inline' });
    expect(ports.engine.calls.some(({ method }) => method === 'pull')).toBe(false);
    await buildImage(buildRequest(), ports, recordedWork());
    expect(builds(ports)[1]).not.toHaveProperty('cacheTo');
  });

  it('are pulled for the classic builder; a missing one is a warning', async () => {
    const { ports, registry } = scene();
    registry.put('registry.test/cache:latest', ports.engine.addImage('x'));
    const work = recordedWork();
    await buildImage(buildRequest({ cacheFrom, builder: 'classic' }), ports, work);
    expect(await ports.engine.inspectImage('registry.test/cache:latest')).toBeDefined();
    expect(work.events.filter(({ type }) => type === 'warning')).toEqual([
      {
        type: 'warning',
        message:
          "the cache 'registry.test/none:1' is left out: image 'registry.test/none:1' is not in its registry",
      },
    ]);
    expect(builds(ports)).toHaveLength(1);
  });
});
