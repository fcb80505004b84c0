import { formatPlatform, parsePlatform, type Platform } from '../../model/platform.ts';
import { usage } from './usage.ts';

/** `--platform`, repeated or with commas; each platform once, in the order of the words. Throws USAGE. */
export function parsePlatforms(texts: readonly string[]): readonly Platform[] {
  const all = texts.flatMap((text) => text.split(',')).map(parsePlatform);
  return [...new Map(all.map((platform) => [formatPlatform(platform), platform])).values()];
}

/** Where there can be one alone; undefined without the option. Throws USAGE. */
export function parseOnePlatform(text: string | undefined): Platform | undefined {
  const [platform, second] = parsePlatforms(text === undefined ? [] : [text]);
  if (second === undefined) return platform;
  throw usage(`--platform '${text ?? ''}' names several`, 'a container has one platform');
}
