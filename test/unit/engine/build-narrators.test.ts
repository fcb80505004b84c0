import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CaissonError } from '../../../src/core/errors.ts';
import type { BuildNarrator } from '../../../src/engine/build-narrator.ts';
import { BuildkitNarrator } from '../../../src/engine/buildkit-narrator.ts';
import { ClassicNarrator } from '../../../src/engine/classic-narrator.ts';
import { CaissonError as ErrorClass } from '../../../src/core/errors.ts';
import { readEngineMessages } from '../../../src/engine/engine-messages.ts';
import { streamOf } from '../../support/chunks.ts';
import { failureOf } from '../../support/failure.ts';
import { RecordingStep } from '../../support/recording-step.ts';

const narrators = { buildkit: BuildkitNarrator, classic: ClassicNarrator } as const;
type Kind = keyof typeof narrators;

/** Plays a stream that was recorded from Docker 20.10 (fixtures/engine-streams). */
async function play(
  kind: Kind,
  name: string,
  change: (text: string) => string = (text) => text,
): Promise<{ step: RecordingStep; narrator: BuildNarrator; error: CaissonError | undefined }> {
  const text = readFileSync(
    new URL(`../../../fixtures/engine-streams/${name}.ndjson`, import.meta.url),
    'utf8',
  );
  const step = new RecordingStep();
  const narrator = new narrators[kind](step);
  const run = async (): Promise<void> => {
    const messages = readEngineMessages(streamOf([Buffer.from(change(text))]), {
      signal: new AbortController().signal,
      onErrorLine: (message) => narrator.failure(message),
      onBroken: () => new ErrorClass('ENGINE_FAILED', 'broken'),
    });
    for await (const message of messages) narrator.take(message);
  };
  const error = name.includes('failure') ? await failureOf(run) : (await run(), undefined);
  return { step, narrator, error };
}

describe.each(['buildkit', 'classic'] as const)('the narrator of a %s build', (kind) => {
  it('tells steps and their output, and knows the image', async () => {
    const { step, narrator } = await play(kind, `${kind}-success`);
    expect(narrator.imageId).toMatch(/^sha256:[a-f0-9]{64}$/);
    expect(step.lines).toContain('hello ü');
    expect(step.lines).toContain('warned');
    expect(step.lines.filter((line) => line.includes('RUN echo hello'))).toHaveLength(1);
    expect(step.lines.join('\n')).not.toMatch(/\u001b|\[internal\]|--->/);
  });

  it('counts steps, never more done than there are', async () => {
    const { step } = await play(kind, `${kind}-success`);
    expect(step.progresses.length).toBeGreaterThan(1);
    for (const { done, total, unit } of step.progresses) {
      expect(unit).toBe('items');
      expect(done).toBeLessThanOrEqual(total ?? 0);
    }
    expect(step.progresses.some(({ note }) => note?.includes('RUN echo hello'))).toBe(true);
  });

  it('blames the step that failed: its command, exit code and last 20 lines', async () => {
    const { error } = await play(kind, `${kind}-failure`);
    expect(error?.code).toBe('BUILD_FAILED');
    expect(error?.message).toMatch(
      /^build step .*3\/3 failed with exit code 7: 'RUN for i in \$\(seq 1 30\)/,
    );
    const detail = error?.detail?.split('\n') ?? [];
    expect(detail[0]).toMatch(/^RUN for i in .*exit 7$/);
    const log = detail.slice(detail.findIndex((line) => line.startsWith('last 20 lines')) + 1);
    expect(log).toHaveLength(20);
    expect(log).toContain('line 30 ü');
    expect(log).not.toContain('line 10 ü');
    expect(log).toContain('oops');
  });
});

describe('a BuildKit build', () => {
  it('blames the failing step and not one that was cancelled beside it', () => {
    const narrator = new BuildkitNarrator(new RecordingStep());
    narrator.take(
      trace([
        vertex('a', '[one 2/2] RUN slow', 'context canceled'),
        vertex('b', '[two 2/2] RUN bad', 'exit code: 2'),
      ]),
    );
    expect(narrator.failure('failed').message).toBe("build step two 2/2 failed with exit code 2: 'RUN bad'");
  });

  it.each([
    '[internal] load metadata for docker.io/library/none:1',
    '[build 1/3] FROM docker.io/library/none:1',
  ])('names the base that %s cannot find', (name) => {
    const narrator = new BuildkitNarrator(new RecordingStep());
    narrator.take(trace([vertex('a', name, 'docker.io/library/none:1: not found')]));
    const error = narrator.failure('failed to solve');
    expect(error.code).toBe('IMAGE_NOT_FOUND');
    expect(error.message).toContain("'docker.io/library/none:1'");
    expect(error.detail).toContain('not found');
  });

  it('says what the engine said when no step is to blame', () => {
    const error = new BuildkitNarrator(new RecordingStep()).failure('dockerfile parse error line 1');
    expect([error.code, error.message]).toEqual([
      'BUILD_FAILED',
      'the build failed: dockerfile parse error line 1',
    ]);
  });

  it('marks cached steps', () => {
    const step = new RecordingStep();
    const narrator = new BuildkitNarrator(step);
    narrator.take(trace([Buffer.concat([vertex('a', '[1/2] RUN x', ''), CACHED])]));
    expect(step.lines).toEqual(['CACHED [1/2] RUN x']);
  });
});

describe('a classic build', () => {
  it('names the base that cannot be pulled', () => {
    const narrator = new ClassicNarrator(new RecordingStep());
    narrator.take({ stream: 'Step 1/2 : FROM none:1\n' });
    const error = narrator.failure('manifest for none:1 not found');
    expect([error.code, error.detail]).toEqual(['IMAGE_NOT_FOUND', 'manifest for none:1 not found']);
    expect(error.message).toContain("'none:1'");
  });

  it("reads Podman's spelling", () => {
    const step = new RecordingStep();
    const narrator = new ClassicNarrator(step);
    for (const stream of [
      'STEP 1/2: FROM base\n',
      'STEP 2/2: RUN make\n',
      'made\n',
      '--> abc\n',
      'Successfully built 0123456789ab\n',
    ])
      narrator.take({ stream });
    expect(step.progresses.map(({ done, total }) => [done, total])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(narrator.imageId).toBe('0123456789ab');
    expect(narrator.failure('error building: exit status 3').message).toBe(
      "build step 2/2 failed with exit code 3: 'RUN make'",
    );
  });
});

/** BuildKit's StatusResponse, built by hand: field numbers of control.proto. */
function trace(vertexes: readonly Buffer[]): { id: string; aux: string } {
  return {
    id: 'moby.buildkit.trace',
    aux: Buffer.concat(vertexes.map((each) => field(1, each))).toString('base64'),
  };
}

const CACHED = Buffer.from([(4 << 3) | 0, 1]);

function vertex(digest: string, name: string, error: string): Buffer {
  const started = field(5, Buffer.alloc(0));
  return Buffer.concat([
    field(1, Buffer.from(digest)),
    field(3, Buffer.from(name)),
    started,
    field(7, Buffer.from(error)),
  ]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
