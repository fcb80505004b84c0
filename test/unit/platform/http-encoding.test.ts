import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/platform/http.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';

const quick = { idleTimeoutMs: 5000, retry: { attempts: 1, baseDelayMs: 1, maxDelayMs: 20 } };
const never = new AbortController().signal;
const text = 'content '.repeat(50_000);
let server: LocalServer;

afterEach(() => server.close());

async function readEncoded(encoding: string, bytes: Uint8Array): Promise<unknown> {
  server = await startLocalServer((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding, 'content-length': bytes.byteLength });
    response.end(bytes);
  });
  const outcome = await new HttpClient(quick).send({ url: new URL(server.url) }, never);
  if (outcome.kind !== 'response') throw new Error(outcome.reason);
  return outcome.response.body.text(10_000_000);
}

describe('an answer with a Content-Encoding', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('is read as what it stands for: %s', async (encoding, bytes) => {
    expect(await readEncoded(encoding, bytes)).toEqual({ kind: 'text', text });
  });

  it('is broken when it is not what it says', async () => {
    expect(await readEncoded('gzip', Buffer.from(text))).toMatchObject({ kind: 'broken' });
  });

  it('is read as it is when nobody knows the encoding', async () => {
    expect(await readEncoded('aws-chunked', Buffer.from(text))).toEqual({ kind: 'text', text });
  });
});
