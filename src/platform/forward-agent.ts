import { Agent, type AgentOptions } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { chooseProxy, type ProxySettings } from './http-proxy.ts';

type Connect = NonNullable<Agent['createConnection']>;

/**
 * For libraries that use Node's own http: connections lead to the proxy that the settings choose for their host. What is sent through one must be
 * what `throughProxy` says.
 */
export class ForwardAgent extends Agent {
  readonly #proxies: ProxySettings;

  constructor(proxies: ProxySettings, options: AgentOptions) {
    super(options);
    this.#proxies = proxies;
  }

  override createConnection(...[options, callback]: Parameters<Connect>): ReturnType<Connect> {
    const url = new URL(`http://${options.host ?? 'localhost'}:${options.port ?? 80}`);
    const choice = chooseProxy(url, this.#proxies);
    if (choice.kind !== 'proxy') return super.createConnection(options, callback);
    const { protocol, hostname: host, port } = choice.url;
    return protocol === 'https:'
      ? connectSecure({ host, port: Number(port === '' ? 443 : port), servername: host })
      : connectPlain({ host, port: Number(port === '' ? 80 : port) });
  }
}

/** How a request in the clear is put to the proxy of its host: by its whole address, with the proxy's login. */
export interface ProxiedRequest {
  /** Stands before the path. */
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** undefined for what goes through no proxy, or through a tunnel. */
export function throughProxy(url: URL, proxies: ProxySettings): ProxiedRequest | undefined {
  if (url.protocol !== 'http:') return undefined;
  const choice = chooseProxy(url, proxies);
  if (choice.kind !== 'proxy') return undefined;
  const { authorization } = choice;
  return {
    origin: url.origin,
    headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
  };
}
