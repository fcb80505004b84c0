/** Which proxy a URL goes through: what HTTP_PROXY and its companions say, as Python's requests and Go read them. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  /** For both kinds when theirs says nothing. */
  readonly all?: string;
  /** NO_PROXY: hosts that are asked directly. */
  readonly except?: string;
}

export type ProxyChoice =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'proxy';
      /** Without user information. */
      readonly url: URL;
      /** Value of Proxy-Authorization. */
      readonly authorization?: string;
    }
  /** It is set, and is nothing that can be used. */
  | { readonly kind: 'unusable'; readonly reason: string };

const DIRECT: ProxyChoice = { kind: 'direct' };

/** Loopback is never asked through a proxy: the proxy's own loopback is another machine's. */
export function chooseProxy(url: URL, settings: ProxySettings): ProxyChoice {
  const text = (url.protocol === 'https:' ? settings.https : settings.http) ?? settings.all;
  if (text === undefined || isLoopback(url.hostname) || isExcepted(url, settings.except ?? '')) return DIRECT;
  const written = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(written)) return { kind: 'unusable', reason: 'the proxy that is set is no URL' };
  const proxy = new URL(written);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')
    return {
      kind: 'unusable',
      reason: `the proxy that is set is a '${proxy.protocol}' one, and only http: and https: can be used`,
    };
  const authorization = basicOf(proxy);
  proxy.username = '';
  proxy.password = '';
  return { kind: 'proxy', url: proxy, ...(authorization === undefined ? {} : { authorization }) };
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined;
  const pair = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host)
  );
}

/** `*`, a name (with all below it, with or without a dot in front), an address, a range of addresses; each perhaps with a port. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .some((item) => matches(item.toLowerCase(), { host, port }));
}

interface Asked {
  readonly host: string;
  readonly port: string;
}

function matches(item: string, { host, port }: Asked): boolean {
  if (item === '*') return true;
  if (item.includes('/')) return isInRange(host, item);
  // an address of version 6 has colons of its own
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(item);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = bare(withPort?.[1] ?? item).replace(/^\*?\./, '');
  return host === name || (!isAddress(host) && host.endsWith(`.${name}`));
}

/** `10.0.0.0/8`; version 4 alone, as for requests. */
function isInRange(host: string, range: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const address = numberOf(host);
  const start = numberOf(base);
  if (address === undefined || start === undefined || !/^\d+$/.test(bits) || Number(bits) > 32) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(start / size);
}

function numberOf(address: string): number | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

const isAddress = (host: string): boolean => numberOf(host) !== undefined || host.includes(':');

const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
