import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../../src/platform/byte-queue.ts';

const bytes = (size: number): Uint8Array => new Uint8Array(size);

describe('ByteQueue', () => {
  it('gives what came, in its order, and then the end', async () => {
    const queue = new ByteQueue(() => undefined);
    queue.push(bytes(1));
    queue.push(bytes(2));
    queue.end();
    expect((await queue.read())?.byteLength).toBe(1);
    expect((await queue.read())?.byteLength).toBe(2);
    expect(await queue.read()).toBeUndefined();
  });

  it('waits for bytes, and lets the sender go on when all are read', async () => {
    let pauses = 0;
    const queue = new ByteQueue(() => (pauses += 1));
    const waiting = queue.read();
    expect(queue.push(bytes(1))).toBe(true);
    expect((await waiting)?.byteLength).toBe(1);
    expect(pauses).toBe(1);
  });

  it('makes a sender wait that is far ahead', () => {
    const queue = new ByteQueue(() => undefined);
    expect(queue.push(bytes(255 * 1024))).toBe(true);
    expect(queue.push(bytes(1024))).toBe(false);
  });

  it('gives what came before a failure, and then the first failure', async () => {
    const queue = new ByteQueue(() => undefined);
    queue.push(bytes(3));
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    queue.end();
    expect((await queue.read())?.byteLength).toBe(3);
    await expect(queue.read()).rejects.toThrow('first');
    expect(queue.state).toBe('failed');
  });

  it('fails a read that waits', async () => {
    const queue = new ByteQueue(() => undefined);
    const waiting = queue.read();
    queue.fail(new Error('cut'));
    await expect(waiting).rejects.toThrow('cut');
  });

  it('is whole when it ended, whatever follows', async () => {
    const queue = new ByteQueue(() => undefined);
    queue.end();
    queue.fail(new Error('late'));
    expect(queue.state).toBe('whole');
    expect(await queue.read()).toBeUndefined();
  });
});
