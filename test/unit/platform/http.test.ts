import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { HttpClient, type HttpOutcome } from '../../../src/platform/http.ts';
import { type LocalServer, startLocalServer } from '../../support/local-server.ts';

const quick = { idleTimeoutMs: 5000, retry: { attempts: 3, baseDelayMs: 1, maxDelayMs: 20 } };
const never = new AbortController().signal;
let server: LocalServer;

afterEach(() => server.close());

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  server = await startLocalServer(handler);
  return new URL(`${server.url}/x`);
}

function responseOf(outcome: HttpOutcome): Extract<HttpOutcome, { kind: 'response' }>['response'] {
  if (outcome.kind !== 'response') throw new Error(outcome.reason);
  return outcome.response;
}

async function textOf(outcome: HttpOutcome): Promise<unknown> {
  const body = await responseOf(outcome).body.text(1000);
  return body.kind === 'text' ? body.text : body.kind;
}

describe('HttpClient', () => {
  it('sends headers and JSON and gives status, headers and text', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.setHeader('x-echo', request.headers.authorization ?? '');
        response.end(`${request.method!} ${body}`);
      });
    });
    const outcome = await new HttpClient(quick).send(
      { url, method: 'POST', json: { a: 1 }, headers: { authorization: 'Bearer t' } },
      never,
    );
    expect(responseOf(outcome).status).toBe(200);
    expect(responseOf(outcome).header('X-Echo')).toBe('Bearer t');
    expect(await textOf(outcome)).toBe('POST {"a":1}');
  });

  it.each([429, 500, 502, 503, 504, 408])('tries again after %i', async (status) => {
    const url = await serve((_, response) => {
      response.statusCode = server.requests.length < 3 ? status : 200;
      response.end('done');
    });
    expect(await textOf(await new HttpClient(quick).send({ url }, never))).toBe('done');
    expect(server.requests).toHaveLength(3);
  });

  it('gives the last answer when trying again does not help, and does not repeat a 404', async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.url === '/x' ? 503 : 404;
      response.end();
    });
    const client = new HttpClient(quick);
    expect(responseOf(await client.send({ url }, never)).status).toBe(503);
    expect(server.requests).toHaveLength(3);
    expect(responseOf(await client.send({ url: new URL('/other', url) }, never)).status).toBe(404);
    expect(server.requests).toHaveLength(4);
  });

  it('waits as long as Retry-After says, up to its own limit', async () => {
    const url = await serve((_, response) => {
      response.statusCode = server.requests.length === 1 ? 429 : 200;
      response.setHeader('retry-after', '3600');
      response.end('done');
    });
    const client = new HttpClient({ ...quick, retry: { attempts: 2, baseDelayMs: 1, maxDelayMs: 150 } });
    const start = Date.now();
    expect(await textOf(await client.send({ url }, never))).toBe('done');
    expect(Date.now() - start).toBeGreaterThanOrEqual(140);
  });

  it('tries again when the connection is reset', async () => {
    const url = await serve((request, response) => {
      if (server.requests.length < 3) request.socket.destroy();
      else response.end('done');
    });
    expect(await textOf(await new HttpClient(quick).send({ url }, never))).toBe('done');
  });

  it('says at once that a connection is refused', async () => {
    const url = await serve((_, response) => response.end());
    await server.close();
    const outcome = await new HttpClient(quick).send({ url }, never);
    expect(outcome).toEqual({ kind: 'no-answer', reason: 'the connection was refused' });
  });

  it('says that a host name is not known', async () => {
    await serve((_, response) => response.end());
    const outcome = await new HttpClient(quick).send({ url: new URL('http://no-such-host.invalid/') }, never);
    expect(outcome.kind === 'no-answer' && outcome.reason).toContain('the host name');
  });

  it('gives up on a server that says nothing, before and inside its answer', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/x') return;
      response.write('half');
    });
    const client = new HttpClient({ ...quick, idleTimeoutMs: 100 });
    expect(await client.send({ url }, never)).toEqual({ kind: 'no-answer', reason: 'nothing came for 0 s' });
    const outcome = await client.send({ url: new URL('/half', url) }, never);
    expect(await responseOf(outcome).body.text(100)).toMatchObject({ kind: 'broken' });
  });

  it('lets a slow answer go on as long as something comes', async () => {
    const url = await serve((_, response) => {
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        response.write('x');
        if (count < 8) return;
        clearInterval(timer);
        response.end();
      }, 50);
    });
    const outcome = await new HttpClient({ ...quick, idleTimeoutMs: 200 }).send({ url }, never);
    expect(await textOf(outcome)).toBe('xxxxxxxx');
  });

  it('reports an answer that breaks off', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part', () => request.socket.destroy());
    });
    const outcome = await new HttpClient(quick).send({ url }, never);
    expect(await textOf(outcome)).toBe('broken');
  });

  it('reads no more than it was told', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(2000)));
    expect(await textOf(await new HttpClient(quick).send({ url }, never))).toBe('too-large');
  });

  it('keeps a character whole that comes in two pieces', async () => {
    const bytes = Buffer.from('größe €');
    const url = await serve((_, response) => {
      response.write(bytes.subarray(0, 3));
      setTimeout(() => response.end(bytes.subarray(3)), 30);
    });
    expect(await textOf(await new HttpClient(quick).send({ url }, never))).toBe('größe €');
  });

  it.each(['before', 'waiting', 'retrying', 'reading'])('stops when aborted: %s', async (moment) => {
    const reason = new CaissonError('INTERRUPTED', 'interrupted');
    const controller = new AbortController();
    const url = await serve((_, response) => {
      if (moment === 'retrying') {
        response.statusCode = 503;
        response.end();
      }
      if (moment === 'reading') response.write('half');
      setTimeout(() => {
        controller.abort(reason);
      }, 50);
    });
    if (moment === 'before') controller.abort(reason);
    const client = new HttpClient({
      ...quick,
      retry: { attempts: 9, baseDelayMs: 60_000, maxDelayMs: 60_000 },
    });
    const work = client
      .send({ url }, controller.signal)
      .then((outcome) => responseOf(outcome).body.text(100));
    await expect(work).rejects.toBe(reason);
  });
});
