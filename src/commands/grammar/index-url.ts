import { stripUserInfo } from '../../core/redaction.ts';
import { usage } from './usage.ts';

/** A package index that may stand in a Dockerfile: http or https, and no login in it. Throws USAGE, without quoting the login. */
export function parseIndexUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[\s"'\\]/.test(text))
    throw usage(`'${stripUserInfo(text)}' for --${option} is not an http or https URL`);
  if (url.username !== '' || url.password !== '')
    throw usage(
      `the URL for --${option} holds a login`,
      'it would stay in the history of the image: name an index that needs no login from the build, such as a mirror or a proxy of it',
    );
  return text;
}
