import type { CaissonError } from '../core/errors.ts';
import { type ArtifactScheme, artifactUriInvalid, type UriLogin } from './artifact-uri.ts';
import { splitUri } from './uri-parts.ts';

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
  /** A secret. `formatSftpUri` leaves it out. */
  readonly password?: string;
  /** Absolute. */
  readonly path: string;
}

const STORES = {
  s3: (uri) => ({ kind: 's3', ...bucketOf(uri) }),
  gs: (uri) => ({ kind: 'gcs', ...bucketOf(uri) }),
  wasbs: (uri) => azureOf(uri, 'wasbs'),
  abfss: (uri) => azureOf(uri, 'abfss'),
  sftp: sftpOf,
} satisfies Partial<Record<ArtifactScheme, (uri: Address) => StoreUri>>;

/** The schemes of places in a cloud's store or behind ssh. */
export const STORE_SCHEMES = Object.keys(STORES) as readonly (keyof typeof STORES)[];

export const isStoreScheme = (scheme: ArtifactScheme): scheme is keyof typeof STORES => scheme in STORES;

/** An address of one of STORE_SCHEMES, as `parseArtifactUri` left it. */
export interface Address {
  readonly scheme: keyof typeof STORES;
  readonly uri: string;
  readonly login?: UriLogin;
}

/** What the address says to whoever opens it. Throws MODEL_URI_INVALID, which never shows a password. */
export function storeUriOf(address: Address): StoreUri {
  return STORES[address.scheme](address);
}

/** A folder behind ssh in its canonical spelling, without a password. */
export const formatSftpUri = ({ user, host, port, path }: SftpUri): string =>
  `sftp://${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}${path}`;

/** Names of buckets, the old ones of S3 and those of Google with dots and underscores included; the store knows the rest of its rules. */
const BUCKET = /^[a-z0-9][a-z0-9._-]{0,254}$/i;

function bucketOf(address: Address): { readonly bucket: string; readonly path: string } {
  const { authority, path } = splitUri(address.uri);
  if (BUCKET.test(authority)) return { bucket: authority, path: trimmed(path) };
  throw invalid(address, `'${authority.replace(/^.*@/s, '')}' is not the name of a bucket`);
}

/**
 * Only Microsoft's own domains: a location may have been written by anyone who may register a model, and a token of this machine's
 * identity must not be sent wherever it says.
 */
const AZURE_HOST =
  /^([a-z0-9-]+)\.((?:privatelink\.|z\d+\.)?(?:blob|dfs)\.(?:core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)|storage\.azure\.net|fabric\.microsoft\.com))$/i;

/** Names of containers, and of OneLake's workspaces, which may hold capitals and spaces. */
const CONTAINER = /^[$\w][\w .-]{0,254}$/;

function azureOf(address: Address, scheme: AzureUri['scheme']): AzureUri {
  const { authority, path } = splitUri(address.uri);
  const at = authority.indexOf('@');
  const container = authority.slice(0, Math.max(at, 0));
  const [, account, domain] = AZURE_HOST.exec(authority.slice(at + 1)) ?? [];
  if (!CONTAINER.test(container) || account === undefined || domain === undefined)
    throw invalid(address, 'it does not name a container and an account of Azure');
  return { kind: 'azure', scheme, container, account, domain: domain.toLowerCase(), path: trimmed(path) };
}

/** What could be read as an option, or mean something to a shell in a user's own ssh configuration, is in neither. */
const HOST = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?$/i;
const IPV6 = /^\[([0-9a-f:.]+(?:%[a-z0-9]+)?)\]$/i;
const USER = /^[a-z0-9_][\w.@+-]*$/i;

function sftpOf(address: Address): SftpUri {
  const { authority, path } = splitUri(address.uri);
  const { username: user = '', password = '' } = address.login ?? {};
  if (user !== '' && !USER.test(user)) throw invalid(address, `'${user}' is not the name of a user`);
  return {
    kind: 'sftp',
    ...hostOf(address, authority),
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    path: path.replace(/\/+$/, '') || '/',
  };
}

function hostOf(uri: Address, authority: string): Pick<SftpUri, 'host' | 'port'> {
  const [, named, digits = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  if (named === undefined) throw invalid(uri, `'${authority}' is not an address`);
  const host = hostName(uri, named);
  if (digits === '') return { host };
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw invalid(uri, `'${digits}' is not a port`);
  return { host, port };
}

/** Without a name it is this machine, as in MLflow. */
function hostName(uri: Address, named: string): string {
  if (named === '') return 'localhost';
  const host = IPV6.exec(named)?.[1] ?? HOST.exec(named)?.[0];
  if (host === undefined) throw invalid(uri, `'${named}' is not the name of a host`);
  return host;
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '');

const invalid = ({ uri, scheme }: Address, reason: string): CaissonError =>
  artifactUriInvalid(uri, scheme, reason);
