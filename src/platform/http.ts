import { abortReason, messageOf, throwIfAborted } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { BodyReader, type ResponseBody } from './http-body.ts';
import { Deadline } from './http-deadline.ts';
import { decoded } from './http-decode.ts';
import type { AnswerHead, Exchange } from './http-exchange.ts';
import { type Network, NetworkSettingsError, Router, type SentRequest } from './http-network.ts';
import { MAX_REDIRECTS, nextHop } from './http-redirect.ts';
import type { HttpRequest } from './http-request.ts';
import { type RetryPolicy, delayBefore, isTemporaryStatus, sleep } from './http-retry.ts';

export type { HttpRequest } from './http-request.ts';

export type HttpOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  /** No answer: the server cannot be found or reached, does not answer in time, or its certificate is not trusted. */
  | {
      readonly kind: 'no-answer';
      readonly reason: string;
      /** The connection broke after it stood: worth another attempt, unlike a refused one. */
      readonly reset?: true;
    };

export interface HttpResponse {
  readonly status: number;
  /** After redirects. */
  readonly url: string;
  header(name: string): string | undefined;
  readonly body: ResponseBody;
}

export interface HttpClientConfig {
  /** Time until the head of an answer, and between two pieces of its body. */
  readonly idleTimeoutMs: number;
  readonly retry: RetryPolicy;
  /** Absent: no proxy, and the certificates that Node trusts. */
  readonly network?: Network;
}

/** What MLflow's own client waits at most (utils/rest_utils.py), with fewer and shorter retries: a person is waiting. */
export const DEFAULT_HTTP_CONFIG: HttpClientConfig = {
  idleTimeoutMs: 120_000,
  retry: { attempts: 5, baseDelayMs: 500, maxDelayMs: 30_000 },
};

/**
 * A small HTTP client on undici: a deadline without progress, retries of what is temporary, proxies, redirects that keep a login to
 * its host, an abort signal.
 */
export class HttpClient {
  readonly #config: HttpClientConfig;
  readonly #router: Router;

  constructor(config: HttpClientConfig = DEFAULT_HTTP_CONFIG) {
    this.#config = config;
    this.#router = new Router(config.network ?? { proxies: {} });
  }

  get retry(): RetryPolicy {
    return this.#config.retry;
  }

  /**
   * Sends a request. The outcome is data: the caller knows which CaissonError a status or a missing answer is.
   * Throws only the reason of an aborted signal. The body must be read or discarded.
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    const { retry } = this.#config;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#sendOnce(request, signal);
      if (attempt >= retry.attempts || !isTemporary(outcome)) return outcome;
      const retryAfter = outcome.kind === 'response' ? outcome.response.header('retry-after') : undefined;
      if (outcome.kind === 'response') await outcome.response.body.discard();
      await sleep(delayBefore(retry, { attempt, retryAfter }), signal);
    }
  }

  async #sendOnce(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome> {
    throwIfAborted(signal);
    const deadline = new Deadline(this.#config.idleTimeoutMs, signal);
    try {
      const result = await this.#follow(request, deadline);
      if (result.kind === 'no-answer') deadline.end();
      return result;
    } catch (error) {
      deadline.end();
      if (signal.aborted) throw abortReason(signal);
      return failedAttempt(error, deadline);
    }
  }

  async #follow(request: HttpRequest, deadline: Deadline): Promise<HttpOutcome> {
    let asked = request;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const exchange = await this.#router.send(sentRequest(asked), deadline.signal);
      deadline.touch();
      const head = await exchange.head;
      const hop = nextHop(asked, { status: head.status, location: head.headers.get('location') });
      if (hop.kind === 'none')
        return { kind: 'response', response: wrap({ head, exchange, url: asked.url }, deadline) };
      exchange.cancel();
      if (hop.kind === 'wrong') return { kind: 'no-answer', reason: hop.reason };
      asked = hop.request;
    }
    return {
      kind: 'no-answer',
      reason: `it redirects more than ${MAX_REDIRECTS} times, in the end to '${asked.url.origin}'`,
    };
  }
}

function failedAttempt(error: unknown, deadline: Deadline): HttpOutcome {
  if (error instanceof NetworkSettingsError) return { kind: 'no-answer', reason: error.message };
  const code = codeOf(error) ?? '';
  const reason = deadline.expired ? deadline.reason : (REASONS[code] ?? messageOf(error));
  return { kind: 'no-answer', reason, ...(RESET_CODES.has(code) ? { reset: true } : {}) };
}

const isTemporary = (outcome: HttpOutcome): boolean =>
  outcome.kind === 'response' ? isTemporaryStatus(outcome.response.status) : outcome.reset === true;

function sentRequest({ url, method = 'GET', headers, json, text }: HttpRequest): SentRequest {
  const body = json === undefined ? text : JSON.stringify(json);
  return {
    url,
    method,
    headers: {
      accept: '*/*',
      'user-agent': 'caisson',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...withoutUndefined({ body }),
  };
}

interface Answered {
  readonly head: AnswerHead;
  readonly exchange: Exchange;
  readonly url: URL;
}

function wrap({ head: { status, headers }, exchange, url }: Answered, deadline: Deadline): HttpResponse {
  return {
    status,
    url: url.href,
    header: (name) => headers.get(name.toLowerCase()),
    body: new BodyReader(decoded(exchange, headers.get('content-encoding')), deadline),
  };
}

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET']);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
};

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
