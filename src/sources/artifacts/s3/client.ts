import { readFile } from 'node:fs/promises';
import type * as S3Sdk from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { CaissonError, messageOf } from '../../../core/errors.ts';
import { withoutUndefined } from '../../../core/objects.ts';
import { ForwardAgent, throughProxy } from '../../../platform/forward-agent.ts';
import { TunnelAgent } from '../../../platform/tunnel-agent.ts';
import type { S3Settings } from '../settings.ts';

export type S3Library = typeof S3Sdk;

export interface S3Connection {
  readonly client: S3Client;
  readonly access: 'signed' | 'anonymous';
}

/** The engine reads a few files at a time, and the ranges of a big one. */
const MAX_SOCKETS = 64;

/** Where nothing names a region; the answer names the right one, and the SDK goes there. */
const ANY_REGION = 'us-east-1';

/**
 * A client as boto3 would make it for MLflow. The credentials are found by the SDK's own chain: environment, profile (with SSO, a process or
 * a role), web identity, container, instance. Where it finds none, requests go out without a signature: a public bucket answers them.
 */
export async function connect({ S3Client }: S3Library, settings: S3Settings): Promise<S3Connection> {
  const config: S3ClientConfig = {
    ...(await transport(settings)),
    ...place(settings),
    // the download engine repeats what is worth it
    maxAttempts: 1,
    followRegionRedirects: true,
  };
  const region = await regionOf(new S3Client(config));
  const client = new S3Client({ ...config, region });
  try {
    await client.config.credentials();
    return { client: addressed(client, settings), access: 'signed' };
  } catch (error) {
    client.destroy();
    if (!isNoCredentials(error)) throw noCredentials(error);
    const anonymous = {
      signer: { sign: (request: unknown) => Promise.resolve(request) },
      credentials: { accessKeyId: '', secretAccessKey: '' },
    } as S3ClientConfig;
    const unsigned = new S3Client({ ...config, ...anonymous, region });
    return { client: addressed(unsigned, settings), access: 'anonymous' };
  }
}

/** Requests in the clear to an endpoint behind a proxy name it whole; that comes after the signature, which is for the endpoint. */
function addressed(client: S3Client, { network }: S3Settings): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as SentRequest;
      const { protocol, hostname, port } = request;
      const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`);
      const proxied = throughProxy(url, network?.proxies ?? {});
      if (proxied !== undefined) {
        request.path = `${proxied.origin}${request.path}`;
        Object.assign(request.headers, proxied.headers);
      }
      return next(args);
    },
    { step: 'deserialize', name: 'caissonProxy' },
  );
  return client;
}

/** What the SDK gives to its sender, and lets be changed until then. */
interface SentRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  path: string;
  readonly headers: Record<string, string>;
}

async function regionOf(client: S3Client): Promise<string> {
  try {
    return await client.config.region();
  } catch {
    return ANY_REGION;
  } finally {
    client.destroy();
  }
}

function place({ endpoint, otherEndpoints, addressing, region, identity }: S3Settings): S3ClientConfig {
  if (endpoint !== undefined && !URL.canParse(endpoint))
    throw new CaissonError('STORE_FAILED', 'the endpoint of S3 is not a URL', {
      hint: 'MLFLOW_S3_ENDPOINT_URL and AWS_ENDPOINT_URL read http(s)://HOST:PORT',
    });
  return {
    ...withoutUndefined({ endpoint, region, credentials: identity }),
    // AWS_ENDPOINT_URL, and endpoint_url of a profile
    ...(otherEndpoints === 'ignored' ? { ignoreConfiguredEndpointUrls: true } : {}),
    forcePathStyle: addressing === 'path' || (addressing === 'auto' && endpoint !== undefined),
  };
}

async function transport({ tls, caBundle, network }: S3Settings): Promise<S3ClientConfig> {
  const file = caBundle ?? network?.caFile;
  const ca = file === undefined || tls === 'insecure' ? undefined : await readBundle(file);
  const httpsAgent = new TunnelAgent(network?.proxies ?? {}, {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    rejectUnauthorized: tls === 'verify',
    ...(ca === undefined ? {} : { ca }),
  });
  return {
    requestHandler: {
      httpsAgent,
      httpAgent: new ForwardAgent(network?.proxies ?? {}, { keepAlive: true, maxSockets: MAX_SOCKETS }),
      connectionTimeout: 30_000,
    },
  };
}

async function readBundle(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CaissonError('STORE_FAILED', `the CA bundle '${path}' cannot be read: ${messageOf(error)}`, {
      hint: 'AWS_CA_BUNDLE (else REQUESTS_CA_BUNDLE) names a file of certificates in PEM form',
      cause: error,
    });
  }
}

/** The chain came to its end; a profile that is not there or an SSO session that ended is something else, and told. */
const isNoCredentials = (error: unknown): boolean =>
  error instanceof Error && /could not load credentials from any provider/i.test(error.message);

function noCredentials(error: unknown): CaissonError {
  return new CaissonError('STORE_DENIED', `AWS gives no credentials: ${messageOf(error).slice(0, 300)}`, {
    hint: "check AWS_PROFILE and ~/.aws/config; a session of SSO is renewed with 'aws sso login'",
    cause: error,
  });
}
