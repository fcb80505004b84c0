import { storeUriOf } from '../model/store-uri.ts';
import { DEFAULT_HTTP_CONFIG, HttpClient } from '../platform/http.ts';
import { type ArtifactLocation, recorded, type RemoteLocation } from './artifact-location.ts';
import type { ArtifactStore } from './artifacts/port.ts';
import type { StoreSettings } from './artifacts/settings.ts';
import type { SourcesConfig, TrackingCredentials } from './port.ts';
import { ServerApi } from './tracking-server/server-api.ts';
import type { OpenDirect } from './ways.ts';

const NO_SETTINGS: StoreSettings = { s3: { addressing: 'auto', tls: 'verify' }, gcs: {}, azure: {} };

/** Opens places with the credentials of this machine; each kind is imported when it is first needed. */
export function directOpener(config: SourcesConfig, signal: AbortSignal): OpenDirect {
  return (location) => openDirect(location, config, signal);
}

/** Opens places with credentials that their registry lends. */
export function lentOpener(config: SourcesConfig, signal: AbortSignal): OpenDirect {
  return async (location) => {
    if (location.kind !== 'remote' || location.scheme !== 'models') return undefined;
    const { artifactStores = NO_SETTINGS } = config;
    return (await import('./open-lent.ts')).openLent(location, { ...config, artifactStores }, signal);
  };
}

async function openDirect(
  location: ArtifactLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<ArtifactStore | undefined> {
  if (location.kind !== 'remote') return undefined;
  const { scheme } = location;
  switch (scheme) {
    case 'models':
    case 'dbfs':
      return (await import('./artifacts/dbfs.ts')).openDatabricksPlace(location, config, signal);
    case 'http':
    case 'https':
      return openHttp(location, config, signal);
    default: {
      const uri = recorded(location.uri, () => storeUriOf({ ...location, scheme }));
      const { openArtifactStore } = await import('./artifacts/open-artifact-store.ts');
      return openArtifactStore(uri, config.artifactStores ?? NO_SETTINGS);
    }
  }
}

async function openHttp(
  location: RemoteLocation,
  config: SourcesConfig,
  signal: AbortSignal,
): Promise<ArtifactStore> {
  const { openHttpPlace } = await import('./artifacts/http-place.ts');
  const http = new HttpClient({ ...DEFAULT_HTTP_CONFIG, network: config.network ?? { proxies: {} } });
  return openHttpPlace(new URL(location.uri), (url) => {
    const credentials = loginFor(url, location, config);
    return new ServerApi({ http, url, shown: `the artifact server '${url.origin}'`, credentials, signal });
  });
}

/** The tracking server's login is for its own host: whoever may register a model may write any address. */
function loginFor(
  { host }: URL,
  { login }: RemoteLocation,
  { trackingUri = '', credentials }: SourcesConfig,
): TrackingCredentials {
  if (login !== undefined) return { kind: 'basic', username: login.username, password: login.password ?? '' };
  const isTrackingServer = URL.canParse(trackingUri) && new URL(trackingUri).host === host;
  return isTrackingServer ? credentials : { kind: 'none' };
}
