import { CaissonError } from '../../core/errors.ts';
import type { UriLogin } from '../../model/artifact-uri.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../platform/http.ts';
import { isTrusted } from '../../platform/http-redirect.ts';
import type { TrackingCredentials } from '../port.ts';
import { isMissing, type JsonObject, messageIn, parseObject, plainLine } from './server-answer.ts';
import { authorization, credentialsOf, loginHint, whose } from './server-login.ts';

export type { JsonObject } from './server-answer.ts';

/** An answer of MLflow's REST API: its object, or that the thing (or, on an old server, the route) does not exist. */
export type ApiAnswer =
  | { readonly kind: 'found'; readonly value: JsonObject }
  | { readonly kind: 'missing'; readonly message: string };

export interface ServerApiConfig {
  readonly http: HttpClient;
  /** Without user information and without a slash at its end. */
  readonly url: URL;
  /** For errors: `the tracking server 'http://host:5000'`. */
  readonly shown: string;
  readonly credentials: TrackingCredentials;
  /** Absent: the server's default one, if it has any. */
  readonly workspace?: string;
  /** What helps when the login is refused; absent: what the table of errors says. */
  readonly deniedHint?: string;
  /** Milliseconds that an answer in JSON may take as a whole. */
  readonly answerMs?: number;
  readonly signal: AbortSignal;
}

export interface ApiQuery {
  /** Below /api/2.0, such as `mlflow/runs/get`; with a slash in front, below the server. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A route that servers before MLflow 3 do not have: its absence is an answer. */
  readonly since?: 'mlflow-3';
}

/** The server that a URI names. */
export interface ServerName {
  /** `host[:port]` when it is another one than the tracking server. */
  readonly host?: string;
  /** What stood before the host. */
  readonly login?: UriLogin;
}

const MAX_JSON_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/** For one answer in JSON, attempts included. */
const MAX_ANSWER_MS = 240_000;

/** Speaks to one MLflow tracking server: login, status codes and JSON. Errors name the server, never the login's secret. */
export class ServerApi {
  readonly #config: ServerApiConfig;

  constructor(config: ServerApiConfig) {
    this.#config = config;
  }

  get shown(): string {
    return this.#config.shown;
  }

  get workspace(): string | undefined {
    return this.#config.workspace;
  }

  get signal(): AbortSignal {
    return this.#config.signal;
  }

  get http(): HttpClient {
    return this.#config.http;
  }

  /**
   * The server of an `mlflow-artifacts:` URI: this one, or another at the same scheme and path. The login and the workspace stay here: whoever
   * may register a model may write any location. Throws STORE_FAILED for what is no host.
   */
  serving({ host, login }: ServerName): ServerApi {
    if (host === undefined) return this;
    const { url: from, workspace, ...config } = this.#config;
    const address = `${from.protocol}//${host}${from.pathname}`;
    if (/[\\?#@%\s]/.test(host) || !URL.canParse(address))
      throw this.failed(`records '${host}', which is no host`);
    const url = new URL(address);
    if (login === undefined && isTrusted(from, url)) return this;
    return new ServerApi({
      ...config,
      url,
      shown: `the artifact server '${url.origin}'`,
      credentials: credentialsOf(login),
      deniedHint: loginHint('mlflow-artifacts', url),
      ...(workspace === undefined || !isTrusted(from, url) ? {} : { workspace }),
    });
  }

  /** Asks for JSON. Throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED. */
  async ask({ path, query = {}, json, since }: ApiQuery): Promise<ApiAnswer> {
    const url = path.startsWith('/') ? this.at(path) : this.endpoint(path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signal = this.#withDeadline();
    const request = { url, ...(json === undefined ? {} : { method: 'POST' as const, json }) };
    const response = await this.open(request, signal);
    if (since !== undefined && (response.status === 404 || response.status === 405)) {
      await response.body.discard();
      return { kind: 'missing', message: '' };
    }
    const body = await response.body.text(response.status === 200 ? MAX_JSON_BYTES : MAX_ERROR_BYTES);
    if (body.kind === 'broken') throw this.failed(`broke off its answer: ${body.reason}`);
    return this.#judge(response, { path, value: body.kind === 'text' ? parseObject(body.text) : undefined });
  }

  /** An answer that comes byte by byte would never be late by itself. */
  #withDeadline(): AbortSignal {
    const { signal, answerMs = MAX_ANSWER_MS } = this.#config;
    const late = new CaissonError(
      'STORE_UNREACHABLE',
      `${this.shown} did not come to the end of an answer in ${Math.ceil(answerMs / 1000)} s`,
    );
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort(late);
    }, answerMs);
    timer.unref();
    return AbortSignal.any([signal, controller.signal]);
  }

  /** Sends a request with the login; a refused login and a missing answer are errors here. */
  async open(request: HttpRequest, signal: AbortSignal = this.#config.signal): Promise<HttpResponse> {
    const headers = { ...request.headers, ...this.#own(request) };
    const outcome = await this.#config.http.send({ ...request, headers }, signal);
    if (outcome.kind === 'no-answer') {
      throw new CaissonError('STORE_UNREACHABLE', `${this.shown} does not answer: ${outcome.reason}`);
    }
    const { response } = outcome;
    if (response.status === 401 || response.status === 403) throw await this.#denied(response);
    return response;
  }

  /** The URL of a route below /api/2.0; a path prefix of the server is kept. */
  endpoint(path: string): URL {
    return this.at(`/api/2.0/${path}`);
  }

  /** The URL of a path below the server. @param path with a slash in front */
  at(path: string): URL {
    const url = new URL(this.#config.url);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
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
    if (isMissing(status, value)) return { kind: 'missing', message: messageIn(value) };
    if (value === undefined && (status === 200 || status === 404)) throw this.#notMlflow(response);
    throw this.failed(`answered ${status} to ${path}`, messageIn(value));
  }

  /** The login and the workspace go to this server alone, whatever address is asked. */
  #own(request: HttpRequest): Readonly<Record<string, string>> {
    const { url, workspace, credentials, shown } = this.#config;
    if (!isTrusted(url, request.url)) return {};
    const header = workspace === undefined ? {} : { 'x-mlflow-workspace': workspace };
    return { ...header, ...authorization(credentials, request, shown) };
  }

  async #denied(response: HttpResponse): Promise<CaissonError> {
    const { credentials, deniedHint } = this.#config;
    const body = await response.body.text(MAX_ERROR_BYTES);
    const text = body.kind === 'text' ? body.text : '';
    const value = parseObject(text);
    const said = value === undefined ? plainLine(text) : messageIn(value);
    return new CaissonError(
      'STORE_DENIED',
      `${this.shown} refuses ${whose(credentials)} (${response.status})`,
      {
        detail: said === '' ? undefined : said,
        hint: deniedHint,
      },
    );
  }

  #notMlflow(response: HttpResponse): CaissonError {
    const type = response.header('content-type') ?? 'no content type';
    const { origin } = new URL(response.url);
    const from = origin === this.#config.url.origin ? '' : ` (by way of '${origin}')`;
    return new CaissonError(
      'STORE_FAILED',
      `${this.shown} answered ${response.status} with ${type}, not with JSON${from}`,
      {
        hint: 'check that --tracking-uri is the address of an MLflow server, with its path when it has one',
      },
    );
  }
}
