import { afterEach, expect, it } from 'vitest';
import { HttpClient } from '../../../src/platform/http.ts';
import { ServerApi } from '../../../src/sources/tracking-server/server-api.ts';
import { startFakeTrackingServer } from '../../support/fake-tracking-server.ts';
import type { LocalServer } from '../../support/local-server.ts';

let server: LocalServer;
afterEach(() => server.close());

function apiOf(answerMs: number): ServerApi {
  const { signal } = new AbortController();
  const credentials = { kind: 'none' } as const;
  return new ServerApi({
    http: new HttpClient(),
    url: new URL(server.url),
    shown: 'the server',
    credentials,
    signal,
    answerMs,
  });
}

it('gives up on a server that answers a byte at a time', async () => {
  server = await startFakeTrackingServer({
    slow: (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      request.socket.on('close', () => {
        clearInterval(timer);
      });
    },
  });
  await expect(apiOf(300).ask({ path: 'slow' })).rejects.toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: 'the server did not come to the end of an answer in 1 s',
  });
});

it('takes the 400 of servers before MLflow 1.20 for what does not exist', async () => {
  server = await startFakeTrackingServer({
    old: (_, response) =>
      response.writeHead(400).end('{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no"}'),
  });
  expect(await apiOf(5000).ask({ path: 'old' })).toEqual({ kind: 'missing', message: 'no' });
});
