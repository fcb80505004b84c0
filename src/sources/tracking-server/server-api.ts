import { CaissonError } from '../../core/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../platform/http.ts';
import type { TrackingCredentials } from '../port.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** An answer of MLflow's REST API: its object, or that the thing (or, on an old server, the route) does not exist. */
export type ApiAnswer =
  | { readonly kind: 'found'; readonly value: JsonObject }
  | { readonly kind: 'missing'; readonly message: string };

export interface ServerApiConfig {
  readonly http: HttpClient;
  /** Without user information and without a slash at its end. */
  readonly url: URL;
  readonly shown: string;
  readonly credentials: TrackingCredentials;
  readonly signal: AbortSignal;
}

export interface ApiQuery {
  /** Below /api/2.0, such as `mlflow/runs/get`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** `host[:port]` of another server with the same scheme and prefix. */
  readonly host?: string;
  /** A route that servers before MLflow 3 do not have: its absence is an answer. */
  readonly since?: 'mlflow-3';
}

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** Speaks to one MLflow tracking server: login, status codes and JSON. Errors name the server, never the login's secret. */
export class ServerApi {
  readonly #config: ServerApiConfig;

  constructor(config: ServerApiConfig) {
    this.#config = config;
  }

  get shown(): string {
    return `the tracking server '${this.#config.shown}'`;
  }

  get signal(): AbortSignal {
    return this.#config.signal;
  }

  get http(): HttpClient {
    return this.#config.http;
  }

  /** Asks for JSON. Throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED. */
  async ask({ path, query = {}, json, host, since }: ApiQuery): Promise<ApiAnswer> {
    const url = this.endpoint(path);
    if (host !== undefined) url.host = host;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await this.open({ url, ...(json === undefined ? {} : { method: 'POST', json }) });
    if (since !== undefined && (response.status === 404 || response.status === 405)) {
      await response.body.discard();
      return { kind: 'missing', message: '' };
    }
    const body = await response.body.text(response.status === 200 ? MAX_JSON_BYTES : MAX_ERROR_BYTES);
    if (body.kind === 'broken') throw this.failed(`broke off its answer: ${body.reason}`);
    return this.#judge(response, { path, value: body.kind === 'text' ? parseObject(body.text) : undefined });
  }

  /** Sends a request with the login; a refused login and a missing answer are errors here. */
  async open(request: HttpRequest, signal: AbortSignal = this.#config.signal): Promise<HttpResponse> {
    const headers = { ...request.headers, ...this.#authorization(request.url) };
    const outcome = await this.#config.http.send({ ...request, headers }, signal);
    if (outcome.kind === 'no-answer') {
      const host =
        request.url.host === this.#config.url.host
          ? this.shown
          : `the artifact server '${request.url.origin}'`;
      throw new CaissonError('STORE_UNREACHABLE', `${host} does not answer: ${outcome.reason}`);
    }
    const { response } = outcome;
    if (response.status === 401 || response.status === 403) throw await this.#denied(response);
    return response;
  }

  /** The URL of a route below /api/2.0; a path prefix of the server is kept. */
  endpoint(path: string): URL {
    const url = new URL(this.#config.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api/2.0/${path}`;
    return url;
  }

  failed(what: string, detail?: string): CaissonError {
    return new CaissonError('STORE_FAILED', `${this.shown} ${what}`, {
      detail: detail === '' ? undefined : detail,
    });
  }

  #judge(
    response: HttpResponse,
    { path, value }: { readonly path: string; readonly value: JsonObject | undefined },
  ): ApiAnswer {
    const { status } = response;
    if (status === 200 && value !== undefined) return { kind: 'found', value };
    if (status === 404 && isMlflowError(value)) return { kind: 'missing', message: messageIn(value) };
    if (value === undefined && (status === 200 || status === 404)) throw this.#notMlflow(response);
    throw this.failed(`answered ${status} to ${path}`, messageIn(value));
  }

  /**
   * The login goes to the host of the tracking server only: an artifact location may name another one, and whoever
   * may register a model may write any location.
   */
  #authorization(url: URL): Readonly<Record<string, string>> {
    const { credentials } = this.#config;
    if (url.hostname !== this.#config.url.hostname) return {};
    if (credentials.kind === 'token') return { authorization: `Bearer ${credentials.token}` };
    if (credentials.kind === 'none') return {};
    const pair = Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64');
    return { authorization: `Basic ${pair}` };
  }

  async #denied(response: HttpResponse): Promise<CaissonError> {
    const body = await response.body.text(MAX_ERROR_BYTES);
    const text = body.kind === 'text' ? body.text : '';
    const value = parseObject(text);
    const said = value === undefined ? plainLine(text) : messageIn(value);
    return new CaissonError('STORE_DENIED', `${this.shown} refuses ${this.#who()} (${response.status})`, {
      detail: said === '' ? undefined : said,
    });
  }

  #who(): string {
    const { credentials } = this.#config;
    if (credentials.kind === 'basic') return `the login of user '${credentials.username}'`;
    return credentials.kind === 'token' ? 'the token' : 'to answer, as no login was given';
  }

  #notMlflow(response: HttpResponse): CaissonError {
    const type = response.header('content-type') ?? 'no content type';
    return new CaissonError(
      'STORE_FAILED',
      `${this.shown} answered ${response.status} with ${type}, not with JSON`,
      {
        hint: 'check that --tracking-uri is the address of an MLflow server, with its path when it has one',
      },
    );
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

const isMlflowError = (value: JsonObject | undefined): boolean => typeof value?.['error_code'] === 'string';

function messageIn(value: JsonObject | undefined): string {
  const message = value?.['message'];
  return typeof message === 'string' ? message.slice(0, 2000) : '';
}

/** The first line of a plain-text answer; nothing of an HTML page. */
const plainLine = (text: string): string =>
  text.includes('<') ? '' : (text.split('\n', 1)[0] ?? '').slice(0, 300);
