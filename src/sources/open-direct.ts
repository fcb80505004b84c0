import { storeUriOf } from '../model/store-uri.ts';
import { withoutUndefined } from '../core/objects.ts';
import { isTrusted } from '../platform/http-redirect.ts';
import { type ArtifactLocation, recorded, type RemoteLocation } from './artifact-location.ts';
import type { ArtifactStore } from './artifacts/port.ts';
import type { StoreSettings } from './artifacts/settings.ts';
import type { SourcesConfig } from './port.ts';
import { httpFor, type ServerLocation, trackingServer } from './server-client.ts';
import { ServerApi } from './tracking-server/server-api.ts';
import { credentialsOf, loginHint } from './tracking-server/server-login.ts';
import { parseTrackingUri } from './tracking-uri.ts';
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
    return (await import('./open-lent.ts')).openLent(location, config, signal);
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
  return openHttpPlace(new URL(location.uri), (url) => {
    const shown = `the artifact server '${url.origin}'`;
    const tracking = trackingLocation(config);
    const login = location.login === undefined ? undefined : credentialsOf(location.login);
    if (tracking !== undefined && isTrusted(tracking.url, url))
      return trackingServer({ ...tracking, ...withoutUndefined({ login }), url, shown }, config, signal);
    // whoever may register a model may write any address: the login of the tracking server is for itself
    return new ServerApi({
      ...{ http: httpFor(tracking?.url, config), url, shown, signal },
      credentials: login ?? { kind: 'none' },
      deniedHint: loginHint(url.protocol.replace(':', ''), url),
    });
  });
}

/** undefined when it is no server. */
function trackingLocation({ trackingUri = '', workingFolder }: SourcesConfig): ServerLocation | undefined {
  if (!/^https?:/i.test(trackingUri) || !URL.canParse(trackingUri)) return undefined;
  const location = parseTrackingUri(trackingUri, workingFolder);
  return location.kind === 'server' ? location : undefined;
}
