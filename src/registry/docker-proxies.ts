import type { DockerConfig } from './docker-config.ts';

/** The keys of a proxy entry and the variables they stand for (docker/cli, ConfigFile.ParseProxyConfig). */
const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
} as const;

/** Upper and lower case, as programs ask for either; the entry of the engine's host replaces the default one whole. */
export function proxyVariables(config: DockerConfig, engineHost: string): Readonly<Record<string, string>> {
  const entry = config.proxies[engineHost] ?? config.proxies['default'] ?? {};
  const variables: Record<string, string> = {};
  for (const [key, name] of Object.entries(VARIABLES)) {
    const value = entry[key];
    if (value === undefined) continue;
    variables[name] = value;
    variables[name.toLowerCase()] = value;
  }
  return variables;
}
