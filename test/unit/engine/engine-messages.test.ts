import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { readEngineMessages, type EngineMessage } from '../../../src/engine/engine-messages.ts';
import { collect, everyCut, streamOf } from '../../support/chunks.ts';
import { failureOf } from '../../support/failure.ts';

const recorded = (name: string): Buffer =>
  readFileSync(new URL(`../../../fixtures/engine-streams/${name}.ndjson`, import.meta.url));

function read(
  chunks: AsyncIterable<Uint8Array>,
  signal = new AbortController().signal,
): AsyncGenerator<EngineMessage> {
  return readEngineMessages(chunks, {
    signal,
    onErrorLine: (message) => new CaissonError('BUILD_FAILED', message),
    onBroken: (cause) => new CaissonError('ENGINE_FAILED', `broken: ${String(cause)}`),
  });
}

describe('the four ends of a stream', () => {
  it('data: returns after the last message, wherever the bytes are cut', async () => {
    const bytes = recorded('classic-success');
    const whole = await collect(read(streamOf([bytes])));
    expect(whole.length).toBeGreaterThan(10);
    for (const chunks of everyCut(bytes)) expect(await collect(read(streamOf(chunks)))).toEqual(whole);
  });

  it('error line: throws what stands in it, wherever the bytes are cut', async () => {
    const bytes = recorded('push-denied');
    for (const chunks of everyCut(bytes)) {
      const error = await failureOf(collect(read(streamOf(chunks))));
      expect([error.code, error.message]).toEqual(['BUILD_FAILED', 'no basic auth credentials']);
    }
  });

  it.each([
    ['{"error":"old form"}', 'old form'],
    ['{"errorDetail":{"message":"new form"}}', 'new form'],
    ['{"errorDetail":{"code":1},"error":"both"}', 'both'],
  ])('error line: reads %s without a newline', async (line, message) => {
    expect((await failureOf(collect(read(streamOf([Buffer.from(line)]))))).message).toBe(message);
  });

  it('error event: a connection that breaks is told, after the messages before it', async () => {
    const messages = read(streamOf([Buffer.from('{"status":"one"}\n{"sta')], new Error('ECONNRESET')));
    expect((await messages.next()).value).toEqual({ status: 'one' });
    const error = await failureOf(messages.next());
    expect([error.code, error.message]).toEqual(['ENGINE_FAILED', 'broken: Error: ECONNRESET']);
  });

  it('abort: is an interruption, however the stream takes it', async () => {
    for (const end of [undefined, new Error('AbortError')]) {
      const controller = new AbortController();
      const messages = read(streamOf([Buffer.from('{"status":"one"}\n')], end), controller.signal);
      await messages.next();
      controller.abort();
      expect((await failureOf(messages.next())).code).toBe('INTERRUPTED');
    }
  });

  it('abort: keeps the reason that main gave', async () => {
    const reason = new CaissonError('TERMINATED', 'terminated');
    expect(await failureOf(collect(read(streamOf([]), AbortSignal.abort(reason))))).toBe(reason);
  });
});

describe('a message', () => {
  it('has the numbers of progressDetail, and nothing that is not there', async () => {
    const line =
      '{"status":"Pushing","id":"a1","progressDetail":{"current":5,"total":10},"progress":"[=>  ]"}';
    expect(await collect(read(streamOf([Buffer.from(line)])))).toEqual([
      { status: 'Pushing', id: 'a1', current: 5, total: 10 },
    ]);
    expect(await collect(read(streamOf([Buffer.from('{"progressDetail":{}}\n7\nnull\n[]')])))).toEqual([{}]);
  });
});
