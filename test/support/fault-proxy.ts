import {
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type LocalServer, startLocalServer } from './local-server.ts';

/** What the proxy does to an answer. Bytes count from the start of its body. */
export type Fault =
  /** The right length in the head, and the connection ends in the middle. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly after: number }
  /** The head says so much more, or less when negative. */
  | { readonly kind: 'wrong-length'; readonly by: number }
  /** The right length, and another content. */
  | { readonly kind: 'garble' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** 200, as a login in front of a server answers. */
  | { readonly kind: 'login-page' }
  /** To itself, without end. */
  | { readonly kind: 'redirect' }
  /** A byte now and then. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  | { readonly kind: 'slow-head'; readonly ms: number }
  /** The body comes twice, without a length. */
  | { readonly kind: 'twice' };

export interface FaultyRequest {
  readonly path: string;
  readonly range: string | undefined;
  /** From 1: how often this path was asked for. */
  readonly count: number;
}

export interface FaultProxy extends LocalServer {
  readonly heard: readonly FaultyRequest[];
}

/** An HTTP server that hands everything to another one and spoils the answers that it is told to. */
export async function startFaultProxy(
  target: string,
  faultOf: (request: FaultyRequest) => Fault | undefined,
): Promise<FaultProxy> {
  const heard: FaultyRequest[] = [];
  const server = await startLocalServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const count = heard.filter((each) => each.path === path).length + 1;
    const asked = { path, range: request.headers.range, count };
    heard.push(asked);
    const fault = faultOf(asked);
    if (fault === undefined || !answerAlone(fault, request, response))
      handOn({ target, fault }, request, response);
  });
  return { ...server, heard };
}

/** Faults that need nothing of the server behind. */
function answerAlone(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  switch (fault.kind) {
    case 'status':
      response.writeHead(
        fault.status,
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
      );
      response.end();
      return true;
    case 'login-page':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<html><body><form>Sign in</form></body></html>');
      return true;
    case 'redirect':
      response.writeHead(302, { location: request.url ?? '/' });
      response.end();
      return true;
    default:
      return false;
  }
}

interface HandedOn {
  readonly target: string;
  readonly fault: Fault | undefined;
}

function handOn({ target, fault }: HandedOn, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', target);
  const headers = { ...request.headers, host: url.host };
  const onward = send(url, { method: request.method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      void spoil({ fault, answer, body: Buffer.concat(chunks) }, response).catch(() => response.destroy());
    });
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

interface Spoiled {
  readonly fault: Fault | undefined;
  readonly answer: IncomingMessage;
  readonly body: Buffer;
}

async function spoil({ fault, answer, body }: Spoiled, response: ServerResponse): Promise<void> {
  const status = answer.statusCode ?? 500;
  const headers = without(answer.headers, ['transfer-encoding', 'connection']);
  const head = (length = body.length): ServerResponse =>
    response.writeHead(status, { ...headers, 'content-length': String(length) });
  switch (fault?.kind) {
    case 'truncate':
    case 'reset':
      head().write(body.subarray(0, fault.after));
      // so that the bytes are out before the connection ends
      await wait(20);
      if (fault.kind === 'reset') response.socket?.resetAndDestroy();
      else response.destroy();
      return;
    case 'wrong-length':
      response.strictContentLength = false;
      head(body.length + fault.by).write(body.subarray(0, Math.min(body.length, body.length + fault.by)));
      await wait(20);
      response.destroy();
      return;
    case 'garble':
      head().end(Buffer.from(body.map((byte) => byte ^ 0xff)));
      return;
    case 'trickle':
      head();
      for (const byte of body) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await wait(fault.everyMs);
      }
      response.end();
      return;
    case 'twice':
      response.writeHead(status, without(headers, ['content-length']));
      response.end(Buffer.concat([body, body]));
      return;
    case 'slow-head':
      await wait(fault.ms);
      head().end(body);
      return;
    default:
      head().end(body);
  }
}

const without = (headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
