import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BuildRequest, Engine } from '../../../src/engine/port.ts';
import { formatImageReference, parseImageReference } from '../../../src/model/image-reference.ts';
import { EngineProbe, eventually } from '../../support/engine-probe.ts';
import { failureOf } from '../../support/failure.ts';
import { RecordingStep } from '../../support/recording-step.ts';
import { createTestEngine, skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';

/** Aborts as soon as the work says a line that matches. */
class AbortingStep extends RecordingStep {
  readonly controller = new AbortController();
  readonly #pattern: RegExp;

  constructor(pattern: RegExp) {
    super();
    this.#pattern = pattern;
  }

  override log(line: string): void {
    super.log(line);
    if (this.#pattern.test(line)) this.controller.abort();
  }
}

describe.skipIf(skipReason !== undefined)(titled('an interruption'), () => {
  let engine: Engine;
  let probe: EngineProbe;

  beforeAll(async () => {
    engine = createTestEngine();
    probe = await EngineProbe.open();
  });

  const request = (change: Partial<BuildRequest>, run: readonly string[]): BuildRequest => ({
    builder: 'buildkit',
    context: {
      entries: [
        {
          path: 'Dockerfile',
          content: { kind: 'text', text: [`FROM ${TEST_ENGINE.baseImage ?? ''}`, ...run, ''].join('\n') },
        },
      ],
    },
    tags: [],
    buildArgs: {},
    labels: {},
    cache: 'ignore',
    credentials: {},
    ...change,
  });

  it.each(['buildkit', 'classic'] as const)(
    'of a %s build stops it on the engine and leaves nothing',
    async (builder) => {
      const tag = parseImageReference(`caisson-test/interrupted:${randomBytes(6).toString('hex')}`);
      const containers = await probe.containers();
      const dangling = await probe.danglingImages();
      const step = new AbortingStep(/^tick 2$/);
      // The last tick tells the world that the step went on after the interruption.
      const run = ['RUN for i in 1 2 3 4 5 6 7 8 9; do echo "tick $i"; sleep 1; done'];
      const began = Date.now();
      const error = await failureOf(
        engine.build(request({ builder, tags: [tag] }, run), { step, signal: step.controller.signal }),
      );
      expect(error.code).toBe('INTERRUPTED');
      expect(Date.now() - began).toBeLessThan(8000);
      expect(step.lines).not.toContain('tick 9');

      const same = (before: readonly string[]) => (now: readonly string[]) => now.join() === before.join();
      expect(await eventually(() => probe.containers(), same(containers))).toEqual(containers);
      expect(await eventually(() => probe.danglingImages(), same(dangling))).toEqual(dangling);
      // Long enough for the nine ticks, had the engine gone on.
      await new Promise((resolve) => setTimeout(resolve, 9000));
      expect(await engine.inspectImage(formatImageReference(tag))).toBeUndefined();
    },
  );

  it('of a push is one', async () => {
    const tag = parseImageReference(
      `${TEST_ENGINE.registry ?? ''}/interrupted:${randomBytes(6).toString('hex')}`,
    );
    // Enough to be pushed for a while, of bytes that no compression makes small.
    const large = ['RUN head -c 200000000 /dev/urandom > /large'];
    const signal = new AbortController().signal;
    await engine.build(request({ tags: [tag] }, large), { step: new RecordingStep(), signal });
    const controller = new AbortController();
    const step = new RecordingStep();
    step.progress = () => {
      controller.abort();
    };
    const error = await failureOf(
      engine.push({ reference: tag, credentials: {} }, { step, signal: controller.signal }),
    );
    expect(error.code).toBe('INTERRUPTED');
    await probe.removeImage(formatImageReference(tag));
  });
});
