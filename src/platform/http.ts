import { abortReason, messageOf, throwIfAborted } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { BodyReader, type ResponseBody } from './http-body.ts';
import { Deadline } from './http-deadline.ts';
import { type RetryPolicy, delayBefore, isTemporaryStatus, sleep } from './http-retry.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Requests are repeated after temporary failures, so doing one twice must be as good as once. */
  readonly json?: unknown;
  /** Sent as it is; the headers say what it is. */
  readonly text?: string;
}

export type HttpOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  /** No answer: the server cannot be found or reached, does not answer in time, or its certificate is not trusted. */
  | { readonly kind: 'no-answer'; readonly reason: string };

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
}

/** What MLflow's own client waits at most (utils/rest_utils.py), with fewer and shorter retries: a person is waiting. */
const DEFAULT_HTTP_CONFIG: HttpClientConfig = {
  idleTimeoutMs: 120_000,
  retry: { attempts: 5, baseDelayMs: 500, maxDelayMs: 30_000 },
};

/** A small HTTP client on Node's fetch: a deadline without progress, retries of what is temporary, an abort signal. */
export class HttpClient {
  readonly #config: HttpClientConfig;

  constructor(config: HttpClientConfig = DEFAULT_HTTP_CONFIG) {
    this.#config = config;
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
      if (attempt >= retry.attempts || !isTemporary(outcome)) return outcome.result;
      const retryAfter =
        outcome.result.kind === 'response' ? outcome.result.response.header('retry-after') : undefined;
      if (outcome.result.kind === 'response') await outcome.result.response.body.discard();
      await sleep(delayBefore(retry, { attempt, retryAfter }), signal);
    }
  }

  async #sendOnce(request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
    throwIfAborted(signal);
    const deadline = new Deadline(this.#config.idleTimeoutMs, signal);
    try {
      const response = await fetch(request.url, fetchOptions(request, deadline.signal));
      deadline.touch();
      return { result: { kind: 'response', response: wrap(response, deadline) }, reset: false };
    } catch (error) {
      deadline.end();
      if (signal.aborted) throw abortReason(signal);
      const code = codeOf(error);
      const reason = deadline.expired ? deadline.reason : (REASONS[code ?? ''] ?? messageOf(error));
      return { result: { kind: 'no-answer', reason }, reset: code !== undefined && RESET_CODES.has(code) };
    }
  }
}

interface Attempt {
  readonly result: HttpOutcome;
  /** The connection broke after it stood: worth another attempt, unlike a refused one. */
  readonly reset: boolean;
}

function isTemporary({ result, reset }: Attempt): boolean {
  return result.kind === 'response' ? isTemporaryStatus(result.response.status) : reset;
}

function fetchOptions(request: HttpRequest, signal: AbortSignal): RequestInit {
  const json = request.json === undefined ? undefined : JSON.stringify(request.json);
  return {
    method: request.method ?? 'GET',
    headers: {
      'user-agent': 'caisson',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...withoutUndefined({ body: json ?? request.text }),
    signal,
  };
}

function wrap(response: Response, deadline: Deadline): HttpResponse {
  return {
    status: response.status,
    url: response.url,
    header: (name) => response.headers.get(name) ?? undefined,
    body: new BodyReader(response, deadline),
  };
}

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'UND_ERR_SOCKET']);

/** fetch itself says only "fetch failed". */
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
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
