import { withoutUndefined } from '../core/objects.ts';
import type { ImageRequest } from '../plan/image-plan.ts';
import { parseIndexUrl, type IndexLocation } from './grammar/index-url.ts';
import type { NetrcEntry } from './grammar/netrc.ts';
import { parsePipConfig, type PipConfig } from './grammar/pip-config.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

type IndexRequest = Pick<ImageRequest, 'indexUrl' | 'extraIndexUrls' | 'pipOptions'>;

/**
 * The indexes of the options and of a pip.conf, the options first as for pip, and the logins that stood in their URLs. uv does not read
 * pip.conf, so what it says becomes options. Throws USAGE.
 */
export function readIndexes(
  options: OptionReader,
  pipConfig: Uint8Array | undefined,
  services: Pick<Services, 'hide' | 'emit'>,
): IndexRequest & { readonly logins: readonly NetrcEntry[] } {
  const config =
    pipConfig === undefined ? undefined : parsePipConfig(Buffer.from(pipConfig).toString('utf8'));
  const index = locate(indexUrlOf(options, config), services);
  const extra = [
    ...(config?.extraIndexUrls ?? []).map((url) => located(url, 'extra-index-url of pip.conf', services)),
    ...options.list('extra-index-url').map((url) => located(url, '--extra-index-url', services)),
  ];
  const typedLinks = options.list('find-links').filter(isLinkPage);
  const links = [
    ...(config === undefined ? [] : findLinksOf(config, services)),
    ...typedLinks.map((url) => located(url, '--find-links', services)),
  ];
  const pipOptions =
    config === undefined && links.length === 0
      ? undefined
      : {
          trustedHosts: config?.trustedHosts ?? [],
          findLinks: links.map(({ url }) => url),
          index: config?.index ?? ('used' as const),
        };
  return {
    ...withoutUndefined({ indexUrl: index?.url, pipOptions }),
    extraIndexUrls: extra.map(({ url }) => url),
    logins: [index, ...extra, ...links].flatMap((location) => location?.login ?? []),
  };
}

interface Named {
  readonly text: string;
  readonly where: string;
}

function indexUrlOf(options: OptionReader, config: PipConfig | undefined): Named | undefined {
  const typed = options.value('index-url');
  if (typed !== undefined) return { text: typed, where: '--index-url' };
  return config?.indexUrl === undefined
    ? undefined
    : { text: config.indexUrl, where: 'index-url of pip.conf' };
}

const locate = (named: Named | undefined, services: Pick<Services, 'hide'>): IndexLocation | undefined =>
  named === undefined ? undefined : located(named.text, named.where, services);

function located(text: string, where: string, { hide }: Pick<Services, 'hide'>): IndexLocation {
  const location = parseIndexUrl(text, where);
  if (location.login !== undefined) {
    const { login, password } = location.login;
    // as it is, as it was typed, and as a request carries it
    hide(password, new URL(text).password, Buffer.from(`${login}:${password}`).toString('base64'));
  }
  return location;
}

function findLinksOf(
  { findLinks }: PipConfig,
  services: Pick<Services, 'hide' | 'emit'>,
): readonly IndexLocation[] {
  const [urls, paths] = [findLinks.filter(isUrl), findLinks.filter((link) => !isUrl(link))];
  for (const path of paths)
    services.emit({
      type: 'warning',
      message: `find-links of pip.conf is left out of the build: '${path}' is a place of this machine`,
    });
  return urls.map((url) => located(url, 'find-links of pip.conf', services));
}

const isUrl = (text: string): boolean => /^https?:/i.test(text);

/** Whether a value of --find-links is meant as a URL; else it is a folder of this machine. */
export const isLinkPage = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
