import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, startLocalServer } from './local-server.ts';

export interface HttpRegistryOptions {
  /** What it asks for: nothing, the password of `ann`, or a token of its own service. */
  readonly login?: 'none' | 'basic' | 'token';
  /** Whether it takes tags away. */
  readonly deletes?: 'tags' | 'manifests' | 'nothing';
  /** Answers instead of the registry when it returns true. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export const ANN = { username: 'ann', password: 'pass word:ü' } as const;

interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A registry in this process, as far as caisson uses one: manifests, blobs, tags, and the three ways to log in. */
export class HttpRegistry {
  /** By digest. */
  readonly manifests = new Map<string, Stored>();
  readonly blobs = new Map<string, Buffer>();
  /** Digests by tag. */
  readonly tags = new Map<string, string>();
  /** Bodies of the requests to the token service, or their queries. */
  readonly tokenRequests: string[] = [];
  /** Tokens that are good, with what they allow. */
  readonly tokens = new Map<string, string>();
  readonly #options: HttpRegistryOptions;
  #server: LocalServer | undefined;

  private constructor(options: HttpRegistryOptions) {
    this.#options = options;
  }

  static async start(options: HttpRegistryOptions = {}): Promise<HttpRegistry> {
    const registry = new HttpRegistry(options);
    registry.#server = await startLocalServer((request, response) => {
      if (options.instead?.(request, response) === true) return;
      void registry.#answer(request, response);
    });
    return registry;
  }

  /** host:port */
  get host(): string {
    return this.#server!.url.replace('http://', '');
  }

  /** `METHOD path` of each request below /v2/. */
  get requests(): readonly string[] {
    return this.#server!.requests.map(({ method, url }) => `${method!} ${url!}`).filter((line) =>
      line.includes(' /v2/'),
    );
  }

  put(tag: string, mediaType: string, text: string): string {
    const bytes = Buffer.from(text);
    const digest = sha256(bytes);
    this.manifests.set(digest, { mediaType, bytes });
    this.tags.set(tag, digest);
    return digest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server!.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const url = new URL(request.url!, 'http://registry');
    if (url.pathname === '/token') this.#giveToken({ request, url, body: body.toString() }, response);
    else if (!this.#isAllowed(request)) this.#challenge(response);
    else this.#serve({ request, path: url.pathname, body }, response);
  }

  #serve(
    { request, path, body }: { request: IncomingMessage; path: string; body: Buffer },
    response: ServerResponse,
  ): void {
    const [, kind, name = ''] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
    if (path === '/v2/') response.end('{}');
    else if (kind === 'blobs') send(response, this.blobs.get(name));
    else if (request.method === 'PUT') {
      const digest = this.put(name, request.headers['content-type']!, body.toString());
      if (name.startsWith('sha256:')) this.tags.delete(name);
      response.writeHead(201, { 'docker-content-digest': digest }).end();
    } else if (request.method === 'DELETE') this.#remove(name, response);
    else this.#giveManifest(name, response);
  }

  #giveManifest(name: string, response: ServerResponse): void {
    const digest = this.tags.get(name) ?? name;
    const stored = this.manifests.get(digest);
    if (stored !== undefined) {
      response.setHeader('content-type', stored.mediaType);
      response.setHeader('docker-content-digest', digest);
      response.setHeader('content-length', stored.bytes.length);
    }
    send(response, stored?.bytes);
  }

  #remove(name: string, response: ServerResponse): void {
    const { deletes = 'tags' } = this.#options;
    if (deletes === 'nothing') {
      fail(response, 405, 'UNSUPPORTED', 'The operation is unsupported.');
      return;
    }
    if (deletes === 'manifests') this.manifests.delete(this.tags.get(name) ?? '');
    this.tags.delete(name);
    response.writeHead(202).end();
  }

  #isAllowed({ headers: { authorization = '' }, method, url }: IncomingMessage): boolean {
    const { login = 'none' } = this.#options;
    if (login === 'none') return true;
    if (login === 'basic') return authorization === basic(ANN);
    const scope = this.tokens.get(authorization.replace('Bearer ', ''));
    const action = method === 'PUT' ? 'push' : method === 'DELETE' ? 'delete' : 'pull';
    return scope !== undefined && (url === '/v2/' || scope.includes(action));
  }

  #challenge(response: ServerResponse): void {
    const realm = `http://${this.host}/token`;
    const asked =
      this.#options.login === 'basic'
        ? 'Basic realm="a \\"registry\\""'
        : `Bearer realm="${realm}",service="the registry",scope="repository:x:pull"`;
    response.setHeader('www-authenticate', asked);
    fail(response, 401, 'UNAUTHORIZED', 'authentication required');
  }

  #giveToken(
    { request, url, body }: { request: IncomingMessage; url: URL; body: string },
    response: ServerResponse,
  ): void {
    const asked = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    this.tokenRequests.push(asked.toString());
    const { authorization } = request.headers;
    const isKnown = authorization === basic(ANN) || asked.get('refresh_token') === 'identity';
    if (authorization !== undefined && !isKnown) {
      fail(response, 401, 'UNAUTHORIZED', `wrong password for ${ANN.username}`);
      return;
    }
    const scope = asked.get('scope') ?? '';
    const token = `token-${this.tokens.size + 1}`;
    // a stranger may read
    this.tokens.set(token, isKnown ? scope : scope.replace(/,push$/, ''));
    response.end(JSON.stringify(request.method === 'POST' ? { access_token: token } : { token }));
  }
}

function send(response: ServerResponse, bytes: Buffer | undefined): void {
  if (bytes === undefined) fail(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  else response.end(bytes);
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message, detail: null }] }));
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
