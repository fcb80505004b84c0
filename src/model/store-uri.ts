import { rejectDotDot, splitUri, uriInvalid, type UriParts } from './uri-parts.ts';

/** A place of files in a store of a cloud or behind ssh, as MLflow writes it. No part is percent-encoded: MLflow's own parsers decode nothing. */
export type StoreUri = S3Uri | GcsUri | AzureUri | SftpUri;

export interface S3Uri {
  readonly kind: 's3';
  readonly bucket: string;
  /** Of the keys: without slashes at its ends; empty for the whole bucket. */
  readonly path: string;
}

export interface GcsUri {
  readonly kind: 'gcs';
  readonly bucket: string;
  readonly path: string;
}

export interface AzureUri {
  readonly kind: 'azure';
  readonly scheme: 'wasbs' | 'abfss';
  readonly container: string;
  readonly account: string;
  /** What follows the account in the name of the host: `blob.core.windows.net`. */
  readonly domain: string;
  readonly path: string;
}

export interface SftpUri {
  readonly kind: 'sftp';
  /** A name, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  /** A secret. `formatStoreUri` leaves it out. */
  readonly password?: string;
  /** Absolute. */
  readonly path: string;
}

const PARSERS: Readonly<Record<string, (text: string, uri: UriParts) => StoreUri>> = {
  s3: (text, uri) => ({ kind: 's3', ...parseBucket(text, uri) }),
  gs: (text, uri) => ({ kind: 'gcs', ...parseBucket(text, uri) }),
  wasbs: (text, uri) => parseAzure(text, { uri, scheme: 'wasbs' }),
  abfss: (text, uri) => parseAzure(text, { uri, scheme: 'abfss' }),
  sftp: parseSftp,
};

/** The schemes that `parseStoreUri` knows. */
export const STORE_SCHEMES: readonly string[] = Object.keys(PARSERS);

/** Parses a URI of one of STORE_SCHEMES; undefined for another scheme. Throws MODEL_URI_INVALID, which never shows a password. */
export function parseStoreUri(text: string): StoreUri | undefined {
  const uri = splitUri(text);
  const parse = uri.scheme === undefined ? undefined : PARSERS[uri.scheme];
  if (parse === undefined) return undefined;
  const shown = withoutPassword(text, uri);
  if (/\p{Cc}/u.test(text)) throw uriInvalid(shown, 'it holds control characters');
  // MLflow's parser drops both with what follows them in silence, and finds something else
  for (const mark of ['?', '#']) if (uri.path.includes(mark)) throw uriInvalid(shown, `it holds a '${mark}'`);
  rejectDotDot(shown, uri.path);
  return parse(shown, uri);
}

/** The URI in its canonical spelling, without a password. */
export function formatStoreUri(uri: StoreUri): string {
  switch (uri.kind) {
    case 's3':
      return `s3://${uri.bucket}${tail(uri.path)}`;
    case 'gcs':
      return `gs://${uri.bucket}${tail(uri.path)}`;
    case 'azure':
      return `${uri.scheme}://${uri.container}@${uri.account}.${uri.domain}${tail(uri.path)}`;
    case 'sftp':
      return `sftp://${uri.user === undefined ? '' : `${uri.user}@`}${hostOf(uri)}${uri.path}`;
  }
}

const tail = (path: string): string => (path === '' ? '' : `/${path}`);

const hostOf = ({ host, port }: SftpUri): string =>
  `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;

/** Names of buckets, the old ones of S3 and those of Google with dots and underscores included. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i;

function parseBucket(
  text: string,
  { authority, path }: UriParts,
): { readonly bucket: string; readonly path: string } {
  if (authority === '') throw uriInvalid(text, 'the name of the bucket is missing');
  if (!BUCKET.test(authority))
    throw uriInvalid(text, `'${authority.replace(/^.*@/s, '')}' is not the name of a bucket`);
  return { bucket: authority, path: trimmed(path) };
}

/**
 * Only Microsoft's own domains: a location may have been written by anyone who may register a model, and a token of this machine's
 * identity must not be sent wherever it says.
 */
const AZURE_HOST =
  /^([a-z0-9-]+)\.((?:privatelink\.|z\d+\.)?(?:blob|dfs)\.(?:core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)|storage\.azure\.net|fabric\.microsoft\.com))$/i;

/** Names of containers, and of OneLake's workspaces, which may hold capitals and spaces. */
const CONTAINER = /^[$\w][\w .-]{0,254}$/;

function parseAzure(
  text: string,
  { uri, scheme }: { readonly uri: UriParts; readonly scheme: AzureUri['scheme'] },
): AzureUri {
  const { authority, path } = uri;
  const at = authority.indexOf('@');
  const container = authority.slice(0, Math.max(at, 0));
  const [, account, domain] = AZURE_HOST.exec(authority.slice(at + 1)) ?? [];
  if (!CONTAINER.test(container) || account === undefined || domain === undefined)
    throw uriInvalid(
      text,
      'it does not name a container and an account of Azure',
      `write ${scheme}://CONTAINER@ACCOUNT.${scheme === 'wasbs' ? 'blob' : 'dfs'}.core.windows.net/PATH`,
    );
  return { kind: 'azure', scheme, container, account, domain: domain.toLowerCase(), path: trimmed(path) };
}

/** What could be read as an option, or mean something to a shell in a user's own ssh configuration, is in neither. */
const HOST = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i;
const IPV6 = /^\[([0-9a-f:.]+(?:%[a-z0-9]+)?)\]$/i;
const USER = /^[a-z0-9_][\w.@+-]*$/i;

function parseSftp(text: string, { authority, path }: UriParts): SftpUri {
  const at = authority.lastIndexOf('@');
  return {
    kind: 'sftp',
    ...parseLogin(text, authority.slice(0, Math.max(at, 0))),
    ...parseHost(text, authority.slice(at + 1)),
    path: path.replace(/\/+$/, '') || '/',
  };
}

function parseLogin(text: string, login: string): Pick<SftpUri, 'user' | 'password'> {
  const [user, password = ''] = splitOnce(login, ':');
  if (user !== '' && !USER.test(user)) throw uriInvalid(text, `'${user}' is not the name of a user`);
  return { ...(user === '' ? {} : { user }), ...(password === '' ? {} : { password }) };
}

/** Without a name it is this machine, as in MLflow. */
function parseHost(text: string, address: string): Pick<SftpUri, 'host' | 'port'> {
  const [, named, digits = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(address) ?? [];
  if (named === undefined) throw uriInvalid(text, `'${address}' is not an address`);
  const port = digits === '' ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) throw uriInvalid(text, `'${digits}' is not a port`);
  return { host: hostName(text, named), ...(port === undefined ? {} : { port }) };
}

function hostName(text: string, named: string): string {
  if (named === '') return 'localhost';
  const host = IPV6.exec(named)?.[1] ?? HOST.exec(named)?.[0];
  if (host === undefined) throw uriInvalid(text, `'${named}' is not the name of a host`);
  return host;
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '');

/** For messages: the name of a container stands where a login does, and holds no colon. */
function withoutPassword(text: string, { authority }: UriParts): string {
  const at = authority.lastIndexOf('@');
  const colon = authority.indexOf(':');
  if (at < 0 || colon < 0 || colon > at) return text;
  return text.replace(authority, () => `${authority.slice(0, colon)}${authority.slice(at)}`);
}
