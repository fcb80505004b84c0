import { describe, expect, it } from 'vitest';
import { readNdjson } from '../../../src/engine/ndjson.ts';
import { collect, everyCut, singleBytes, streamOf } from '../../support/chunks.ts';
import { failureOf } from '../../support/failure.ts';

const VALUES = [{ stream: 'grün 🐳' }, { n: 1 }, 'text', { last: '…' }];
const TEXT = VALUES.map((value) => JSON.stringify(value)).join('\r\n\n');

describe('readNdjson', () => {
  it('reads the same values wherever the bytes are cut', async () => {
    for (const end of ['', '\n']) {
      const bytes = Buffer.from(TEXT + end);
      for (const chunks of everyCut(bytes))
        expect(await collect(readNdjson(streamOf(chunks)))).toEqual(VALUES);
      expect(await collect(readNdjson(streamOf(singleBytes(bytes))))).toEqual(VALUES);
    }
  });

  it('reads nothing from nothing', async () => {
    expect(await collect(readNdjson(streamOf([])))).toEqual([]);
    expect(await collect(readNdjson(streamOf([Buffer.from('\n \r\n')])))).toEqual([]);
  });

  it('gives each value as soon as its line is complete', async () => {
    const values = readNdjson(streamOf([Buffer.from('{"n":1}\n{"n":2}\n')], new RangeError('later')));
    expect((await values.next()).value).toEqual({ n: 1 });
    expect((await values.next()).value).toEqual({ n: 2 });
    await expect(values.next()).rejects.toThrow('later');
  });

  it('quotes a line that is not JSON, shortened', async () => {
    const error = await failureOf(collect(readNdjson(streamOf([Buffer.from(`<html>${'x'.repeat(500)}`)]))));
    expect(error.code).toBe('ENGINE_FAILED');
    expect(error.message).toContain("'<html>xxx");
    expect(error.message.length).toBeLessThan(300);
  });

  it('does not collect a line without an end', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const chunks = Array.from({ length: 20 }, () => megabyte);
    const error = await failureOf(collect(readNdjson(streamOf(chunks))));
    expect(error.message).toContain('a line without an end');
  });
});
