import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../../src/core/errors.ts';
import {
  askPatiently,
  readOutcome,
  storeError,
  systemCodeOf,
  troubleOf,
} from '../../../../src/sources/artifacts/artifact-errors.ts';
import { loadLibrary } from '../../../../src/sources/artifacts/library.ts';
import { rejection, thrownBy } from '../../../support/errors.ts';

describe('troubleOf', () => {
  it.each([
    [{ status: 401, text: '' }, 'denied'],
    [{ status: 403, word: 'AccessDenied', text: 'Access Denied' }, 'denied'],
    [{ status: 404, text: '' }, 'missing'],
    [{ status: 412, text: '' }, 'changed'],
    [{ status: 429, text: '' }, 'temporary'],
    [{ status: 503, word: 'SlowDown', text: '' }, 'temporary'],
    [{ status: 400, text: '' }, 'failed'],
    [{ systemCode: 'ECONNRESET', text: 'x' }, 'temporary'],
    [{ systemCode: 'ECONNREFUSED', text: 'x' }, 'unreachable'],
    [{ systemCode: 'SELF_SIGNED_CERT_IN_CHAIN', text: 'x' }, 'unreachable'],
    [{ systemCode: 'EFOO', text: 'x' }, 'failed'],
    [{ text: 'x' }, 'failed'],
  ] as const)('takes %j as %s', (answer, kind) => {
    expect(troubleOf(answer).kind).toBe(kind);
  });

  it('waits as long as the server asks', () => {
    expect(troubleOf({ status: 429, word: 'Busy', text: 'wait', retryAfter: '7' })).toEqual({
      kind: 'temporary',
      reason: '429 Busy: wait',
      retryAfterMs: 7000,
    });
  });

  it('shows one line, and nothing of a page', () => {
    expect(troubleOf({ status: 400, text: '<html>\nlog in' }).reason).toBe('400');
    expect(troubleOf({ status: 400, text: 'a\u001B[2J\nb' }).reason).toBe('400: a\uFFFD[2J');
  });
});

describe('what becomes of trouble', () => {
  it('is an outcome where another attempt or listing helps, else an error', () => {
    expect(readOutcome('f', { kind: 'temporary', reason: 'r' })).toEqual({ kind: 'temporary', reason: 'r' });
    expect(readOutcome('f', { kind: 'missing', reason: 'r' })).toEqual({ kind: 'changed', reason: 'r' });
    expect(
      thrownBy(() => readOutcome('the file', { kind: 'denied', reason: '403', hint: 'h' })),
    ).toMatchObject({
      code: 'STORE_DENIED',
      message: 'the file refuses to be read: 403',
      hint: 'h',
    });
  });

  it("has hints of its own, and not the tracking server's", () => {
    for (const kind of ['temporary', 'missing', 'changed', 'denied', 'unreachable', 'failed'] as const)
      expect(storeError('it', { kind, reason: '' }).hint).not.toMatch(/tracking/i);
  });
});

describe('systemCodeOf', () => {
  it('looks into causes', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    expect(systemCodeOf(new Error('fetch failed', { cause: inner }))).toBe('ECONNRESET');
    expect(systemCodeOf(Object.assign(new Error('x'), { code: 'NoSuchKey' }))).toBeUndefined();
    expect(systemCodeOf('x')).toBeUndefined();
  });
});

describe('askPatiently', () => {
  const signal = new AbortController().signal;
  const busy = { kind: 'temporary', reason: 'busy', retryAfterMs: 0 } as const;

  it('asks again while the store is busy, and not for ever', async () => {
    let asked = 0;
    const ask = (): Promise<string> =>
      (asked += 1) < 3 ? Promise.reject(new Error('x')) : Promise.resolve('done');
    expect(await askPatiently({ subject: 'it', signal, ask, explain: () => busy })).toBe('done');
    const never = askPatiently({
      subject: 'it',
      signal,
      ask: () => Promise.reject(new Error('x')),
      explain: () => busy,
    });
    expect(await rejection(never)).toMatchObject({ code: 'STORE_UNREACHABLE' });
  });

  it('asks once for what is not there', async () => {
    let asked = 0;
    const work = askPatiently({
      subject: 'it',
      signal,
      ask: () => Promise.reject(new Error(`${(asked += 1)}`)),
      explain: () => ({ kind: 'missing', reason: '404' }),
    });
    expect(await rejection(work)).toMatchObject({ message: 'it does not exist: 404' });
    expect(asked).toBe(1);
  });

  it('ends with the reason of the signal, and lets errors of caisson through', async () => {
    const reason = new CaissonError('TERMINATED', 'terminated');
    const explain = (): typeof busy => busy;
    const ask = (): Promise<never> => Promise.reject(new Error('x'));
    const aborted = AbortSignal.abort(reason);
    expect(await rejection(askPatiently({ subject: 'it', signal: aborted, ask, explain }))).toBe(reason);
    const own = new CaissonError('STORE_DENIED', 'x');
    expect(
      await rejection(askPatiently({ subject: 'it', signal, ask: () => Promise.reject(own), explain })),
    ).toBe(own);
  });
});

describe('loadLibrary', () => {
  it('says what to install', async () => {
    const name = ['@aws-sdk', 'not-there'].join('/');
    const error = await rejection(loadLibrary(name, () => import(name) as Promise<unknown>));
    expect(error).toMatchObject({
      code: 'LIBRARY_MISSING',
      hint: expect.stringContaining('npm install @aws-sdk/not-there'),
    });
  });

  it('hides no other error', async () => {
    const broken = loadLibrary('a', () => Promise.reject(new SyntaxError('broken')));
    await expect(broken).rejects.toThrow('broken');
  });
});
