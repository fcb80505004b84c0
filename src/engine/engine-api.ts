import { IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { Duplex, type Readable } from 'node:stream';
import type DockerModem from 'docker-modem';
import { CaissonError, messageOf } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { formatAddress, type EngineAddress } from './endpoint.ts';

type QueryValue = string | number | readonly string[] | Readonly<Record<string, string>>;

/** One request of the Docker Engine API. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without the version, already encoded. */
  readonly path: string;
  /** Records are sent as JSON, arrays as repeated keys. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: object;
  readonly upload?: Readable;
  /** Arrays are sent as repeated headers. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly signal?: AbortSignal;
}

/**
 * The Engine API over docker-modem, dockerode's transport (unix socket, TCP, TLS, upgrades). dockerode itself puts a body into the URL
 * (createContainer), loses a session (buildImage), hides headers (ping), and takes 0.1 s to load gRPC.
 * Every method rejects with what docker-modem throws; engine-errors.ts tells what it means.
 */
export class EngineApi {
  readonly #modem: DockerModem;

  constructor(modem: DockerModem) {
    this.#modem = modem;
  }

  /** The parsed answer. */
  async json(call: ApiCall): Promise<unknown> {
    return this.#dial(call, {});
  }

  /** The answer as it comes, with its headers: resolves when the engine has sent those. */
  async stream(call: ApiCall): Promise<IncomingMessage> {
    const answer = await this.#dial(call, { isStream: true });
    if (answer instanceof IncomingMessage) return answer;
    throw new CaissonError('ENGINE_FAILED', `the engine sent no stream for ${call.path}`);
  }

  /** The connection itself, after the engine switched protocols. */
  async upgrade(call: ApiCall): Promise<Duplex> {
    const answer = await this.#dial(call, { hijack: true });
    if (answer instanceof Duplex) return answer;
    throw new CaissonError('ENGINE_FAILED', `the engine did not switch protocols for ${call.path}`);
  }

  #dial(call: ApiCall, kind: { readonly isStream?: true; readonly hijack?: true }): Promise<unknown> {
    // Query and body are always given: without them docker-modem would put the one into the place of the other.
    const options = { _query: call.query ?? {}, _body: call.body ?? {} };
    return new Promise((resolve, reject) => {
      this.#modem.dial(
        {
          ...kind,
          ...withoutUndefined({ file: call.upload, abortSignal: call.signal }),
          ...(call.headers === undefined ? {} : { headers: { ...call.headers } }),
          path: `${call.path}?`,
          method: call.method,
          options,
          statusCodes: { 200: true, 201: true, 204: true },
        },
        (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        },
      );
    });
  }
}

/** Opens no connection yet. The version, such as 1.41, is that of every call; without one, the engine's newest. */
export async function createApi(address: EngineAddress, version?: string): Promise<EngineApi> {
  const { default: Modem } = await import('docker-modem');
  try {
    return new EngineApi(
      new Modem({ ...transportOf(address), ...(version === undefined ? {} : { version: `v${version}` }) }),
    );
  } catch (cause) {
    throw new CaissonError(
      'ENGINE_UNREACHABLE',
      `engine address '${formatAddress(address)}' cannot be used: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Every field is set, if only to undefined: docker-modem fills the others from DOCKER_HOST of its own accord. */
function transportOf(address: EngineAddress): DockerModem.ConstructorOptions {
  const none = { host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined };
  if (address.kind === 'socket') return { ...none, protocol: 'http', socketPath: address.path };
  const { host, port, tls } = address;
  if (tls === undefined) return { ...none, protocol: 'http', socketPath: undefined, host, port };
  const { ca, cert, key, verification } = tls;
  const agent = verification === 'skip' ? new Agent({ rejectUnauthorized: false }) : undefined;
  return {
    ...none,
    protocol: 'https',
    socketPath: undefined,
    host,
    port,
    ...withoutUndefined({ ca, cert, key, agent }),
  };
}
