import { normalPlatform, type Platform } from '../model/platform.ts';
import type { EngineApi } from './engine-api.ts';
import { isRecord, textOf, valueAt } from './json-values.ts';
import type { EngineDescription } from './port.ts';

/** What an engine tells about itself beside its ping. */
export async function engineFacts(
  api: EngineApi,
): Promise<Pick<EngineDescription, 'version' | 'platform' | 'insecureRegistries'>> {
  const [version, info] = await Promise.all([
    api.json({ method: 'GET', path: '/version' }),
    // of use for pushes of several platforms alone: an engine that does not tell is no reason to stop
    api.json({ method: 'GET', path: '/info' }).catch(() => undefined),
  ]);
  return {
    version: textOf(valueAt(version, 'Version')) ?? 'unknown',
    platform: platformIn(version, 'Arch'),
    insecureRegistries: insecureRegistriesIn(valueAt(info, 'RegistryConfig')),
  };
}

/** `Os`, `Variant` and the named key of an object; an engine that does not say is taken for the usual one. */
export function platformIn(value: unknown, architectureKey: 'Arch' | 'Architecture'): Platform {
  const variant = textOf(valueAt(value, 'Variant'));
  return normalPlatform({
    os: textOf(valueAt(value, 'Os')) ?? 'linux',
    architecture: textOf(valueAt(value, architectureKey)) ?? 'amd64',
    ...(variant === undefined ? {} : { variant }),
  });
}

function insecureRegistriesIn(config: unknown): readonly string[] {
  const ranges = valueAt(config, 'InsecureRegistryCIDRs');
  const hosts = valueAt(config, 'IndexConfigs');
  return [
    ...(Array.isArray(ranges) ? ranges.filter((range) => typeof range === 'string') : []),
    ...Object.entries(isRecord(hosts) ? hosts : {}).flatMap(([host, entry]) =>
      valueAt(entry, 'Secure') === false ? [host] : [],
    ),
  ];
}
