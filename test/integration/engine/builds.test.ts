import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest, Engine, WorkContext } from '../../../src/engine/port.ts';
import type { ContextEntry } from '../../../src/image/build-context.ts';
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from '../../../src/model/image-reference.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, TEST_LOGIN, titled } from '../../support/test-engine.ts';

/** The names of newTag. */
const TAGS = /\/builds:[0-9a-f]{12}$/;
const BUILDERS = ['buildkit', 'classic'] as const;

describe.skipIf(skipReason !== undefined)(titled('builds on a real engine'), () => {
  let engine: Engine;
  let probe: EngineProbe;
  let folder: string;

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
    folder = await mkdtemp(join(tmpdir(), 'caisson-build-'));
  });

  afterAll(async () => {
    await probe.removeImages(TAGS);
    await rm(folder, { recursive: true });
  });

  const base = TEST_ENGINE.baseImage ?? '';
  const work = (): WorkContext & { step: RecordingStep } => ({
    step: new RecordingStep(),
    signal: new AbortController().signal,
  });
  const newTag = (registry: string): ImageReference =>
    parseImageReference(`${registry}/builds:${randomBytes(6).toString('hex')}`);

  const request = (
    lines: readonly string[],
    change: Partial<BuildRequest> = {},
    entries: readonly ContextEntry[] = [],
  ): BuildRequest => ({
    builder: 'buildkit',
    context: {
      entries: [{ path: 'Dockerfile', content: { kind: 'text', text: `${lines.join('\n')}\n` } }, ...entries],
    },
    tags: [newTag('caisson-test')],
    buildArgs: {},
    labels: {},
    cache: 'use',
    credentials: {},
    ...change,
  });

  it.each(BUILDERS)('%s copies the context: modes, long paths, empty files', async (builder) => {
    const source = join(folder, 'weights.bin');
    await writeFile(source, Buffer.alloc(3_000_000, 7), { mode: 0o600 });
    const long = `model/${'long-folder-name/'.repeat(12)}ü.txt`;
    const entries: readonly ContextEntry[] = [
      { path: 'model/weights.bin', content: { kind: 'file', source, size: 3_000_000 } },
      { path: 'model/empty', content: { kind: 'text', text: '' } },
      { path: long, content: { kind: 'text', text: 'long' } },
    ];
    const lines = [
      `FROM ${base}`,
      'COPY model /model',
      'RUN stat -c "%a %u %g %s" /model/weights.bin /model /model/empty',
      `RUN cat "/${long}"; echo`,
    ];
    const { step, signal } = work();
    await engine.build(request(lines, { builder, cache: 'ignore' }, entries), { step, signal });
    expect(step.lines).toEqual(expect.arrayContaining(['644 0 0 3000000', 'long']));
    expect(step.lines.some((line) => /^755 0 0 \d+$/.test(line))).toBe(true);
    expect(step.lines).toContain('644 0 0 0');
  });

  it.each(BUILDERS)('%s takes the whole of an unchanged build from the cache', async (builder) => {
    const lines = [`FROM ${base}`, `RUN echo ${randomBytes(6).toString('hex')}`];
    const first = await engine.build(request(lines, { builder }), work());
    const { step, signal } = work();
    const second = await engine.build(request(lines, { builder }), { step, signal });
    expect(second.imageId).toBe(first.imageId);
    expect(step.lines.some((line) => line.includes('CACHED'))).toBe(true);
    const third = await engine.build(request(lines, { builder, cache: 'ignore' }), work());
    expect(third.imageId).not.toBe(first.imageId);
  });

  it.each(BUILDERS)('%s hands build arguments and the network to the steps', async (builder) => {
    const lines = [
      `FROM ${base}`,
      'ARG WORD',
      'RUN echo "word: $WORD"; ls /sys/class/net | tr "\\n" " "; echo',
    ];
    const { step, signal } = work();
    const change = {
      builder,
      buildArgs: { WORD: 'a "b" $c' },
      networkMode: 'none',
      cache: 'ignore',
    } as const;
    await engine.build(request(lines, change), { step, signal });
    expect(step.lines).toContain('word: a "b" $c');
    expect(step.lines.some((line) => line.includes('eth0'))).toBe(false);
  });

  it.each(BUILDERS)('%s reports a Dockerfile that is none', async (builder) => {
    const error = await failureOf(engine.build(request([`FROM ${base}`, 'RUNN x'], { builder }), work()));
    expect(error.code).toBe('BUILD_FAILED');
    expect(error.message.toLowerCase()).toContain('unknown instruction');
  });

  it.each(BUILDERS)('%s reports a COPY of what is not there', async (builder) => {
    const error = await failureOf(
      engine.build(request([`FROM ${base}`, 'COPY none /x'], { builder }), work()),
    );
    expect(error.code).toBe('BUILD_FAILED');
    expect(error.message).toContain('COPY none /x');
    expect(error.detail).toContain('none');
  });

  describe('a base image behind a login', () => {
    const registry = TEST_ENGINE.authRegistry ?? '';
    let privateBase: ImageReference;

    beforeAll(async () => {
      privateBase = newTag(registry);
      await engine.build(request([`FROM ${base}`, 'LABEL private=yes'], { tags: [privateBase] }), work());
      await engine.push({ reference: privateBase, credentials: { [registry]: TEST_LOGIN } }, work());
    });

    it.each(BUILDERS)('%s pulls it with the login, not without', async (builder) => {
      const name = formatImageReference(privateBase);
      await probe.removeImage(name);
      const anonymous = await failureOf(engine.build(request([`FROM ${name}`], { builder }), work()));
      expect(anonymous.code).toBe('IMAGE_NOT_FOUND');
      expect(anonymous.message).toContain(`'${name}'`);

      const tag = newTag(registry);
      const credentials = { 'other.example': { username: 'x', password: 'y' }, [registry]: TEST_LOGIN };
      await engine.build(request([`FROM ${name}`], { builder, tags: [tag], credentials }), work());
      expect((await engine.inspectImage(formatImageReference(tag)))?.labels).toMatchObject({
        private: 'yes',
      });
      await engine.pull({ reference: privateBase, credentials }, work());
    });
  });

  it.each(BUILDERS)(
    '%s builds on the base that the engine holds, and on a newer one once it was pulled',
    async (builder) => {
      const registry = TEST_ENGINE.registry ?? '';
      const moving = newTag(registry);
      const name = formatImageReference(moving);
      const tag = newTag(registry);
      const labelOf = async (): Promise<string | undefined> =>
        (await engine.inspectImage(formatImageReference(tag)))?.labels['state'];
      // The registry has the new state, the engine the old one.
      await engine.build(request([`FROM ${base}`, 'LABEL state=new'], { tags: [moving] }), work());
      await engine.push({ reference: moving, credentials: {} }, work());
      await engine.build(request([`FROM ${base}`, 'LABEL state=old'], { tags: [moving] }), work());

      await engine.build(request([`FROM ${name}`], { builder, tags: [tag] }), work());
      expect(await labelOf()).toBe('old');
      await engine.pull({ reference: moving, credentials: {} }, work());
      await engine.build(request([`FROM ${name}`], { builder, tags: [tag] }), work());
      expect(await labelOf()).toBe('new');
    },
  );
});
