import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushIndex, type StagedImage } from '../../../src/actions/build/push-index.ts';
import type { Engine, WorkContext } from '../../../src/engine/port.ts';
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from '../../../src/model/image-reference.ts';
import { formatPlatform, parsePlatform } from '../../../src/model/platform.ts';
import type { RegistryCredentials } from '../../../src/model/registry-credentials.ts';
import { openRegistry } from '../../../src/registry/index.ts';
import type { Registry } from '../../../src/registry/port.ts';
import { dockerConfigOf, recordedWork, testPorts } from '../../support/action-ports.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { loadForeignImage } from '../../support/foreign-image.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, TEST_LOGIN, titled } from '../../support/test-engine.ts';

const NAMES = /\/index-[0-9a-f]{12}:/;
const PLATFORMS = ['linux/amd64', 'linux/arm64'].map(parsePlatform);

describe.skipIf(skipReason !== undefined)(titled('an index of two platforms in a real registry'), () => {
  let engine: Engine;
  let probe: EngineProbe;

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
  });

  /** A pull for another platform takes the name from an image and leaves the image. */
  const ids = new Set<string>();
  afterAll(async () => {
    await probe.removeImages(NAMES);
    for (const id of ids) await engine.removeImage(id);
  });

  const open = TEST_ENGINE.registry ?? '';
  const withLogin = TEST_ENGINE.authRegistry ?? '';
  const work = (): WorkContext => ({ step: new RecordingStep(), signal: new AbortController().signal });

  /** Images for both platforms in the engine, under names of their own. */
  async function stage(repository: string): Promise<readonly StagedImage[]> {
    const [own, foreign] = ['amd64', 'arm64'].map((tag) =>
      parseImageReference(`${repository}:caisson-${tag}`),
    );
    await loadForeignImage(probe, foreign!);
    const text = `FROM ${TEST_ENGINE.baseImage ?? ''}\nLABEL repository=${repository}\n`;
    await engine.build(
      {
        builder: 'buildkit',
        context: { entries: [{ path: 'Dockerfile', content: { kind: 'text', text } }] },
        tags: [own!],
        ...{ buildArgs: {}, labels: {}, cache: 'use', credentials: {} },
      },
      work(),
    );
    return Promise.all(
      [own!, foreign!].map(async (reference, index) => {
        const image = await engine.inspectImage(formatImageReference(reference));
        ids.add(image?.imageId ?? '');
        return { reference, imageId: image?.imageId ?? '', platform: PLATFORMS[index]! };
      }),
    );
  }

  const clientOf = (registry: string, credentials: RegistryCredentials): Promise<Registry> =>
    openRegistry({
      registry,
      login: credentials[registry],
      insecureRegistries: [],
      signal: new AbortController().signal,
    });

  it.each([
    ['open', open, {}],
    ['with a login', withLogin, { [withLogin]: TEST_LOGIN }],
  ])('%s: is written, read back, and pulled for either platform', async (_, registry, credentials) => {
    const repository = `${registry}/index-${randomBytes(6).toString('hex')}`;
    const tags = ['1', 'latest'].map((tag) => parseImageReference(`${repository}:${tag}`)) as [
      ImageReference,
      ImageReference,
    ];
    const staged = await stage(repository);
    const ports = {
      ...testPorts(),
      engine,
      openRegistry,
      dockerConfig: dockerConfigOf(credentials),
    };
    const pushed = await pushIndex({ tags, staged, engine: await engine.describe() }, ports, recordedWork());

    const client = await clientOf(registry, credentials);
    const remote = await client.readManifest(tags[1]);
    expect(pushed.map(({ reference }) => reference)).toEqual(tags.map(formatImageReference));
    expect(pushed.map(({ digest }) => digest)).toEqual([remote?.digest, remote?.digest]);
    expect(remote?.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json');
    const manifests = remote?.manifest.kind === 'index' ? remote.manifest.manifests : [];
    expect(manifests.map(({ platform }) => platform)).toEqual(PLATFORMS);
    expect(pushed[0]?.platforms).toEqual(
      manifests.map(({ digest }, index) => ({ platform: formatPlatform(PLATFORMS[index]!), digest })),
    );
    for (const { digest, size, mediaType } of manifests)
      expect(await client.resolve({ ...tags[0], digest })).toEqual({ digest, size, mediaType });

    await probe.removeImages(new RegExp(repository));
    const [first] = tags;
    await engine.pull({ reference: first, credentials }, work());
    expect((await engine.inspectImage(formatImageReference(first)))?.imageId).toBe(staged[0]?.imageId);
    await engine.pull({ reference: first, credentials, platform: PLATFORMS[1]! }, work());
    expect((await engine.inspectImage(formatImageReference(first)))?.imageId).toBe(staged[1]?.imageId);
    const platform = parsePlatform('linux/s390x');
    const missing = await failureOf(engine.pull({ reference: first, credentials, platform }, work()));
    expect(missing.code).toBe('IMAGE_NOT_FOUND');
    expect(missing.message).toContain('is not there for this platform');
  });

  it('is not written when something else was pushed under the name of an image', async () => {
    const repository = `${open}/index-${randomBytes(6).toString('hex')}`;
    const [own, foreign] = await stage(repository);
    const staged = [own!, { ...foreign!, imageId: own!.imageId }];
    const tags: [ImageReference] = [parseImageReference(`${repository}:1`)];
    const ports = { ...testPorts(), engine, openRegistry, dockerConfig: dockerConfigOf() };
    const input = { tags, staged, engine: await engine.describe() };
    const error = await failureOf(pushIndex(input, ports, recordedWork()));
    expect(error.code).toBe('IMAGE_MOVED');
    expect(error.message).toContain(formatImageReference(foreign!.reference));
    expect(await (await clientOf(open, {})).resolve(tags[0])).toBeUndefined();
  });

  it('is refused without the login, and a wrong one is not shown', async () => {
    const reference = parseImageReference(`${withLogin}/index-none:1`);
    const anonymous = await failureOf((await clientOf(withLogin, {})).resolve(reference));
    expect(anonymous).toMatchObject({
      code: 'REGISTRY_DENIED',
      hint: `log in with: docker login ${withLogin}`,
    });
    const wrong = { [withLogin]: { username: 'caisson', password: 'wrong-password' } };
    const denied = await failureOf((await clientOf(withLogin, wrong)).resolve(reference));
    expect(denied.code).toBe('REGISTRY_DENIED');
    expect(`${denied.message} ${denied.detail ?? ''}`).not.toContain('wrong-password');
  });
});
