import { request as plainRequest } from 'node:http';
import { Agent, type AgentOptions, request as secureRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { NetworkSettingsError } from './http-network.ts';
import { chooseProxy, type ProxyChoice, type ProxySettings } from './http-proxy.ts';

type Connect = NonNullable<Agent['createConnection']>;
type Proxy = Extract<ProxyChoice, { readonly kind: 'proxy' }>;

const CONNECT_TIMEOUT_MS = 30_000;

/** For libraries that use Node's own https: connections go through the proxy that the settings choose for their host, by a tunnel. */
export class TunnelAgent extends Agent {
  readonly #proxies: ProxySettings;

  constructor(proxies: ProxySettings, options: AgentOptions) {
    super(options);
    this.#proxies = proxies;
  }

  override createConnection(...[options, callback]: Parameters<Connect>): ReturnType<Connect> {
    const url = new URL(`https://${options.host ?? 'localhost'}:${options.port ?? 443}`);
    const choice = chooseProxy(url, this.#proxies);
    if (choice.kind === 'direct') return super.createConnection(options, callback);
    const tunnel =
      choice.kind === 'proxy'
        ? openTunnel(choice, url)
        : Promise.reject(new NetworkSettingsError(choice.reason));
    tunnel
      .then((socket) => super.createConnection({ ...options, socket } as typeof options))
      .then(
        (socket) => {
          // Node's own gives one at once
          if (socket) callback?.(null, socket);
        },
        (error: unknown) => callback?.(error as Error, undefined as unknown as Duplex),
      );
    return undefined;
  }
}

/** Throws what breaks the connection, and an Error that tells what a proxy answered instead of opening a tunnel. */
function openTunnel({ url: proxy, authorization }: Proxy, { hostname, port }: URL): Promise<Duplex> {
  const target = `${hostname}:${port === '' ? '443' : port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? secureRequest : plainRequest)({
      host: proxy.hostname,
      port: proxy.port === '' ? undefined : proxy.port,
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
      },
      timeout: CONNECT_TIMEOUT_MS,
    });
    request.once('connect', (answer, socket) => {
      socket.setTimeout(0);
      if (answer.statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new NetworkSettingsError(`the proxy answers ${answer.statusCode ?? 'nothing'} to CONNECT`));
      }
    });
    request.once('timeout', () => request.destroy(new NetworkSettingsError('the proxy does not answer')));
    request.once('error', reject);
    request.end();
  });
}
