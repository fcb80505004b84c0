import { CaissonError } from '../core/errors.ts';
import { ARTIFACT_SCHEMES } from '../model/artifact-uri.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import type { ArtifactStore } from './artifacts/port.ts';
import type { ServerReference } from './artifacts/server-bytes.ts';
import type { DownloadPolicy } from './download/policy.ts';
import type { ServerApi } from './tracking-server/server-api.ts';

/** One way to the bytes of a place: how people call it, and how it is opened. */
export interface Way {
  readonly name: string;
  /** undefined when this way is not there, which is no failure. Throws what opening the store throws. */
  open(): Promise<ArtifactStore | undefined>;
}

/** Opens the store of a location with the credentials of this machine; undefined for a location that has none. */
export type OpenDirect = (location: ArtifactLocation) => Promise<ArtifactStore | undefined>;

/** What may help to reach a place. */
export interface WayContext {
  /** How errors name the model. */
  readonly shown: string;
  readonly policy: DownloadPolicy;
  /** The tracking server; absent when the store is a database or a folder. */
  readonly api?: ServerApi;
  readonly openDirect?: OpenDirect;
  /** The same with credentials that a registry lends for the place. */
  readonly openLent?: OpenDirect;
  /** What the tracking server calls the place. */
  readonly reference?: () => Promise<ServerReference | undefined>;
}

/** The ways to a place that is not a folder of this machine, best first: without the server in between, then through it. */
export function waysTo(location: ArtifactLocation, context: WayContext): readonly Way[] {
  if (location.kind === 'proxied') return proxiedWays(location, context);
  return [...lentWays(location, context), directWay(location, context), ...serverWays(context)];
}

/** A version in a registry of Databricks: better than asking the workspace for one file after the other. */
function lentWays(location: ArtifactLocation, { openLent }: WayContext): readonly Way[] {
  if (openLent === undefined || location.kind !== 'remote' || location.scheme !== 'models') return [];
  return [{ name: 'storage that the registry lends', open: () => openLent(location) }];
}

function directWay(location: Exclude<ArtifactLocation, Proxied>, { openDirect, shown }: WayContext): Way {
  return {
    name: 'the artifact store itself',
    open: async () => {
      const store = await openDirect?.(location);
      // a folder of another machine is for the server to read
      if (store === undefined && location.kind !== 'local') throw unsupported(location, shown);
      return store;
    },
  };
}

type Proxied = Extract<ArtifactLocation, { readonly kind: 'proxied' }>;

function proxiedWays(location: Proxied, context: WayContext): readonly Way[] {
  const { api, shown } = context;
  if (api === undefined)
    return [{ name: 'the tracking server', open: () => Promise.reject(noServer(shown)) }];
  const server = serverOf(api, location);
  const signed: Way = {
    name: 'presigned URLs',
    open: async () => {
      const { proxySignsUrls } = await import('./artifacts/proxy-signs-urls.ts');
      if (!(await proxySignsUrls(server()))) return undefined;
      const { openPresignedProxy } = await import('./artifacts/mlflow-proxy.ts');
      return openPresignedProxy(server(), location.path);
    },
  };
  const proxy: Way = {
    name: "the tracking server's artifact proxy",
    open: async () => (await import('./artifacts/mlflow-proxy.ts')).openMlflowProxy(server(), location.path),
  };
  // a URI that names another host leads there and nowhere else
  return [signed, proxy, ...(location.host === undefined ? serverWays(context).slice(1) : [])];
}

/** The same one each time: what it says of itself is asked once. */
function serverOf(api: ServerApi, location: Proxied): () => ServerApi {
  let server: ServerApi | undefined;
  return () => (server ??= api.serving(location));
}

/** By what the server itself calls the place: it has its own credentials for the store. */
function serverWays({ api, reference }: WayContext): readonly Way[] {
  if (api === undefined || reference === undefined) return [];
  return [
    {
      name: 'presigned URLs',
      open: async () => {
        const found = await reference();
        if (found?.kind !== 'run') return undefined;
        const { openPresignedRun } = await import('./artifacts/server-bytes.ts');
        return openPresignedRun(api, found);
      },
    },
    {
      name: "the tracking server's own routes",
      open: async () => {
        const found = await reference();
        if (found === undefined) return undefined;
        return (await import('./artifacts/server-bytes.ts')).openServerBytes(api, found);
      },
    },
  ];
}

function unsupported({ scheme }: { readonly scheme: string }, shown: string): CaissonError {
  return new CaissonError(
    'MODEL_SCHEME_UNSUPPORTED',
    `the files of ${shown} lie at a '${scheme}:' location, which caisson does not read`,
    {
      hint: `it reads ${ARTIFACT_SCHEMES.map((each) => `${each}:`).join(', ')} and folders; else download the model with 'mlflow artifacts download' and give its folder`,
    },
  );
}

function noServer(shown: string): CaissonError {
  return new CaissonError(
    'MODEL_SCHEME_UNSUPPORTED',
    `the files of ${shown} lie behind a tracking server ('mlflow-artifacts:')`,
    { hint: 'give the address of that server with --tracking-uri http(s)://HOST:PORT' },
  );
}
