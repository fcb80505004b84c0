import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { messageOf } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { Exchange } from './http-exchange.ts';
import { type ProxyChoice, type ProxySettings, chooseProxy } from './http-proxy.ts';

/** How the network is reached from this machine: proxies and certificates. */
export interface Network {
  readonly proxies: ProxySettings;
  /** File of certificate authorities (PEM) in the place of Node's own. */
  readonly caFile?: string;
  /** By `host[:port]`: what else is said about single hosts. */
  readonly hosts?: ReadonlyMap<string, HostTls>;
}

export interface HostTls {
  readonly verification?: 'on' | 'off';
  /** Wins over that of the network. */
  readonly caFile?: string;
  /** File (PEM) of a certificate and its key, in any order. */
  readonly clientCertificateFile?: string;
}

/** A reason to send nothing: the message says what is wrong with the network's settings. */
export class NetworkSettingsError extends Error {}

/** The deadline of the request is the only one. */
const NO_TIMES = { headersTimeout: 0, bodyTimeout: 0 };

/** A request as it goes out: everything is decided. */
export interface SentRequest {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends requests the way that the settings ask for: undici is loaded with the first one. */
export class Router {
  readonly #network: Network;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Returns when the head of the answer is there. Throws NetworkSettingsError, and what undici throws. */
  async send({ url, method, headers, body }: SentRequest, signal: AbortSignal): Promise<Exchange> {
    const choice = chooseProxy(url, this.#network.proxies);
    if (choice.kind === 'unusable') throw new NetworkSettingsError(choice.reason);
    const dispatcher = await this.#dispatcher({ url, choice, tls: this.#tlsOf(url) });
    const exchange = new Exchange(signal);
    const { origin, pathname, search } = url;
    dispatcher.dispatch(
      { origin, path: pathname + search, method, headers, ...withoutUndefined({ body }), ...NO_TIMES },
      exchange,
    );
    await exchange.head;
    return exchange;
  }

  #tlsOf({ protocol, host }: URL): HostTls | undefined {
    if (protocol !== 'https:') return undefined;
    const { caFile, hosts } = this.#network;
    const tls = { ...(caFile === undefined ? {} : { caFile }), ...hosts?.get(host) };
    return Object.keys(tls).length === 0 ? undefined : tls;
  }

  #dispatcher(way: Way): Promise<Dispatcher> {
    const proxy = way.choice.kind === 'proxy' ? way.choice.url.href : '';
    const key = JSON.stringify([way.url.protocol, proxy, way.tls ?? {}]);
    const made = this.#dispatchers.get(key) ?? makeDispatcher(way);
    this.#dispatchers.set(key, made);
    return made;
  }
}

interface Way {
  readonly url: URL;
  readonly choice: Exclude<ProxyChoice, { readonly kind: 'unusable' }>;
  readonly tls: HostTls | undefined;
}

async function makeDispatcher({ url, choice, tls }: Way): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const connect = await tlsOptions(tls);
  if (choice.kind === 'direct') return new Agent({ connect });
  if (url.protocol === 'http:') return throughPlainProxy(new Agent(), choice);
  return new ProxyAgent({
    uri: choice.url.href,
    requestTls: connect,
    ...(choice.authorization === undefined ? {} : { token: choice.authorization }),
  });
}

/** undici would open a tunnel for http: too, which most proxies allow for https: alone; they want the whole URL in the request line. */
function throughPlainProxy(
  agent: Dispatcher,
  proxy: Extract<ProxyChoice, { readonly kind: 'proxy' }>,
): Dispatcher {
  return agent.compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const headers = {
      ...(options.headers as Readonly<Record<string, string>>),
      host: target.host,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    };
    const path = `${target.origin}${options.path}`;
    return dispatch({ ...options, origin: proxy.url.origin, path, headers }, handler);
  });
}

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

async function tlsOptions(tls: HostTls | undefined): Promise<TlsOptions> {
  if (tls === undefined) return {};
  const { caFile, clientCertificateFile: client, verification } = tls;
  const pair = client === undefined ? undefined : await readCertificates(client);
  return {
    ...(verification === 'off' ? { rejectUnauthorized: false } : {}),
    ...(caFile === undefined ? {} : { ca: await readCertificates(caFile) }),
    // one file for both, as MLflow wants it: each takes its own part
    ...(pair === undefined ? {} : { cert: pair, key: pair }),
  };
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new NetworkSettingsError(`the certificates of '${path}' cannot be read: ${messageOf(error)}`);
  }
}
