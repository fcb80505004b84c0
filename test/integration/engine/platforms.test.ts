import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest, Engine, WorkContext } from '../../../src/engine/port.ts';
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from '../../../src/model/image-reference.ts';
import { parsePlatform } from '../../../src/model/platform.ts';
import { openRegistry } from '../../../src/registry/index.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { loadForeignImage } from '../../support/foreign-image.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';

const BUILDERS = ['buildkit', 'classic'] as const;
const ARM64 = parsePlatform('linux/arm64');

describe.skipIf(skipReason !== undefined)(titled('platforms and caches of a real engine'), () => {
  let engine: Engine;
  let probe: EngineProbe;
  let foreign: ImageReference;

  const registry = TEST_ENGINE.registry ?? '';
  const newTag = (): ImageReference =>
    parseImageReference(`${registry}/platforms:${randomBytes(6).toString('hex')}`);
  const work = (): WorkContext & { step: RecordingStep } => ({
    step: new RecordingStep(),
    signal: new AbortController().signal,
  });
  const request = (lines: readonly string[], change: Partial<BuildRequest> = {}): BuildRequest => ({
    builder: 'buildkit',
    context: {
      entries: [{ path: 'Dockerfile', content: { kind: 'text', text: `${lines.join('\n')}\n` } }],
    },
    tags: [newTag()],
    buildArgs: {},
    labels: {},
    cache: 'use',
    credentials: {},
    ...change,
  });

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
    foreign = newTag();
    await loadForeignImage(probe, foreign);
  });

  afterAll(() => probe.removeImages(/\/platforms:[0-9a-f]{12}$/));

  it('says what it is', async () => {
    const { platform, insecureRegistries } = await engine.describe();
    expect(platform.os).toBe('linux');
    expect(insecureRegistries).toContain('127.0.0.0/8');
    expect((await engine.inspectImage(formatImageReference(foreign)))?.platform).toEqual(ARM64);
    expect((await engine.inspectImage(TEST_ENGINE.baseImage ?? ''))?.platform).toEqual(platform);
  });

  it.each(BUILDERS)('%s builds for the platform', async (builder) => {
    const tag = newTag();
    const lines = [`FROM ${formatImageReference(foreign)}`, 'LABEL who=me'];
    await engine.build(request(lines, { builder, platform: ARM64, tags: [tag] }), work());
    const built = await engine.inspectImage(formatImageReference(tag));
    expect(built).toMatchObject({ platform: ARM64, labels: { who: 'me' } });
  });

  it.each(BUILDERS)('%s says that it cannot run a program of another platform', async (builder) => {
    const lines = [`FROM ${formatImageReference(foreign)}`, 'RUN ["/bin/sh", "-c", "true"]'];
    const error = await failureOf(engine.build(request(lines, { builder, platform: ARM64 }), work()));
    expect(error.code).toBe('PLATFORM_NOT_RUNNABLE');
    expect(error.hint).toContain('tonistiigi/binfmt');
  });

  describe('a cache in a registry', () => {
    const lines = (): readonly string[] => [
      `FROM ${TEST_ENGINE.baseImage ?? ''}`,
      `RUN echo ${randomBytes(6).toString('hex')} > /word`,
    ];
    const access = () => ({ registry, login: undefined, insecureRegistries: [], signal: work().signal });
    const push = (reference: ImageReference): Promise<unknown> =>
      engine.push({ reference, credentials: {} }, work());

    /** The config of an image, as the registry has it. */
    const configOf = async (reference: ImageReference): Promise<Readonly<Record<string, unknown>>> => {
      const client = await openRegistry(access());
      const remote = await client.readManifest(reference);
      if (remote?.manifest.kind !== 'image') throw new TypeError('no image was pushed');
      const bytes = await client.readBlob(reference, remote.manifest.config);
      return JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>>;
    };

    it('is in an image that was built to be one, and in no other; nothing else tells of it', async () => {
      const [plain, cache] = [newTag(), newTag()];
      const written = lines();
      await engine.build(request(written, { tags: [plain] }), work());
      await engine.build(request(written, { tags: [cache], cacheTo: 'inline' }), work());
      await Promise.all([plain, cache].map(push));
      expect(await configOf(plain)).not.toHaveProperty(['moby.buildkit.cache.v0']);
      const { 'moby.buildkit.cache.v0': inline, ...rest } = await configOf(cache);
      expect(inline).toEqual(expect.any(String));
      expect(JSON.stringify(rest)).not.toContain('INLINE_CACHE');

      const { step, signal } = work();
      await engine.build(request(written, { cacheFrom: [cache] }), { step, signal });
      expect(step.lines).toContain(`importing cache manifest from ${formatImageReference(cache)}`);
      expect(step.lines.find((line) => line.includes('RUN echo'))).toMatch(/^CACHED /);
    });

    it('may be missing, and is not blamed when a step fails', async () => {
      const missing = newTag();
      const { step, signal } = work();
      const change = { cacheFrom: [missing], cache: 'use' } as const;
      await engine.build(request(lines(), change), { step, signal });
      expect(step.lines.join('\n')).toMatch(
        new RegExp(`importing cache manifest from ${formatImageReference(missing)}: .*not found`),
      );
      const error = await failureOf(engine.build(request([...lines(), 'RUN exit 3'], change), work()));
      expect(error.message).toContain("with exit code 3: 'RUN exit 3'");
    });

    it('is an image that was pulled, for the classic builder', async () => {
      const cache = newTag();
      const name = formatImageReference(cache);
      const builder = 'classic';
      const written = lines();
      await engine.build(request(written, { builder, tags: [cache], cacheTo: 'inline' }), work());
      await push(cache);
      await probe.removeImage(name);
      await engine.pull({ reference: cache, credentials: {} }, work());
      const { step, signal } = work();
      await engine.build(request(written, { builder, cacheFrom: [cache] }), { step, signal });
      expect(step.lines).toContain(' CACHED');
    });
  });
});
