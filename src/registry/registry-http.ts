import type { HttpClient, HttpRequest, HttpResponse } from '../platform/http.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { RegistryAccess } from './port.ts';
import { registryAddresses } from './registry-address.ts';
import { answerFailure, registryFailure } from './registry-errors.ts';
import { basicHeader, tokenIn, tokenRequest } from './token-service.ts';

/** Bytes of an error, and of a token. */
const MAX_WORDS_BYTES = 64 * 1024;
const CA_HINT = 'let caisson trust its certificate authority: NODE_EXTRA_CA_CERTS=FILE.pem';

/** One request of the registry API. */
export interface RegistryCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Below the registry, such as v2/iris/manifests/1. */
  readonly path: string;
  /** What the token must allow, such as `repository:iris:pull`. */
  readonly scope: string;
  /** For errors: `to read 'localhost:5000/iris:1'`. */
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

interface Place {
  readonly url: URL;
  readonly challenge: Challenge | undefined;
}

/**
 * Requests to one registry: finds out how it speaks, logs in as it asks (password or token), and logs in once more when a token has run
 * out. Answers of any status come back; the login is sent to the registry and its token service alone.
 */
export class RegistryHttp {
  readonly #access: RegistryAccess;
  readonly #client: HttpClient;
  readonly #tokens = new Map<string, string>();
  #place: Promise<Place> | undefined;

  constructor(access: RegistryAccess, client: HttpClient) {
    this.#access = access;
    this.#client = client;
  }

  /** Throws REGISTRY_FAILED without an answer, REGISTRY_DENIED when the token service refuses the login. */
  async send(call: RegistryCall): Promise<HttpResponse> {
    this.#place ??= this.#find();
    const { url, challenge } = await this.#place;
    const sent = await this.#authorization(call, challenge);
    const answer = await this.#sendWith(call, url, sent);
    if (answer.status !== 401) return answer;
    const asked = parseChallenge(answer.header('www-authenticate') ?? '');
    this.#tokens.delete(call.scope);
    const next = await this.#authorization(call, asked);
    // a password that was refused stays refused, a token may have run out
    if (next === undefined || next === sent) return answer;
    await answer.body.discard();
    return this.#sendWith(call, url, next);
  }

  /** Throws the error that an answer stands for. */
  async fail(call: RegistryCall, answer: HttpResponse): Promise<never> {
    throw answerFailure(await this.#wordsOf(answer, call.what));
  }

  async #wordsOf({ status, body }: HttpResponse, what: string): Promise<Parameters<typeof answerFailure>[0]> {
    const words = await body.text(MAX_WORDS_BYTES);
    const { registry, login } = this.#access;
    return { registry, login, what, status, body: words.kind === 'text' ? words.text : '' };
  }

  /** The first address that answers as a registry does. */
  async #find(): Promise<Place> {
    const { registry, insecureRegistries, login } = this.#access;
    const reasons: string[] = [];
    for (const url of registryAddresses(registry, insecureRegistries)) {
      const outcome = await this.#client.send({ url: new URL('v2/', url) }, this.#access.signal);
      if (outcome.kind === 'no-answer') {
        reasons.push(outcome.reason);
        continue;
      }
      const { response } = outcome;
      if (response.status === 200 || response.status === 401) {
        await response.body.discard();
        return { url, challenge: parseChallenge(response.header('www-authenticate') ?? '') };
      }
      const words = await this.#wordsOf(response, 'to answer as a registry does');
      throw answerFailure({ ...words, registry, login });
    }
    const reason = [...new Set(reasons)].join('; without TLS: ');
    throw registryFailure(registry, reason, /certificate/i.test(reason) ? { hint: CA_HINT } : {});
  }

  async #authorization(
    { scope }: RegistryCall,
    challenge: Challenge | undefined,
  ): Promise<string | undefined> {
    const { login } = this.#access;
    if (challenge === undefined) return undefined;
    if (challenge.scheme === 'basic') return login === undefined ? undefined : basicHeader(login);
    const token = this.#tokens.get(scope) ?? (await this.#fetchToken(challenge, scope));
    this.#tokens.set(scope, token);
    return `Bearer ${token}`;
  }

  async #fetchToken(challenge: Extract<Challenge, { scheme: 'bearer' }>, scope: string): Promise<string> {
    const { registry, login, signal } = this.#access;
    const request = tokenRequest({ challenge, login, scope });
    if (request === undefined) throw registryFailure(registry, 'its token service is no URL');
    await this.#checkTokenService(request);
    const outcome = await this.#client.send(request, signal);
    if (outcome.kind === 'no-answer')
      throw registryFailure(registry, `its token service '${request.url.host}': ${outcome.reason}`);
    const words = await this.#wordsOf(outcome.response, 'the login');
    if (words.status !== 200) throw answerFailure(words);
    const token = tokenIn(words.body);
    if (token === undefined) throw registryFailure(registry, 'its token service gave no token');
    return token;
  }

  /** A registry that is reached by TLS cannot ask for the password without it. */
  async #checkTokenService({ url }: HttpRequest): Promise<void> {
    const { registry } = this.#access;
    const place = await this.#place;
    if (url.protocol === 'https:' || url.protocol === place?.url.protocol) return;
    throw registryFailure(registry, `its token service '${url.host}' is not reached by TLS`);
  }

  async #sendWith(
    { method, path, what, headers, text }: RegistryCall,
    url: URL,
    authorization: string | undefined,
  ): Promise<HttpResponse> {
    const outcome = await this.#client.send(
      {
        method,
        url: new URL(path, url),
        headers: {
          // as it is stored: sizes and digests are of that
          'accept-encoding': 'identity',
          ...headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(text === undefined ? {} : { text }),
      },
      this.#access.signal,
    );
    if (outcome.kind === 'response') return outcome.response;
    throw registryFailure(this.#access.registry, `it fails ${what}: ${outcome.reason}`);
  }
}
