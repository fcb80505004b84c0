import { CaissonError } from '../core/errors.ts';
import { lineBreaker } from '../model/one-line-text.ts';
import { checkIndexUrl } from './index-urls.ts';

/** What a pip.conf says besides indexes: pip reads that file by itself, and uv is told by options. */
export interface PipOptions {
  /** `host` or `host:port`: TLS is not checked there. */
  readonly trustedHosts: readonly string[];
  /** URLs of pages with links, without user information. */
  readonly findLinks: readonly string[];
  /** `none`: nothing is looked for in an index. */
  readonly index: 'used' | 'none';
}

/** Checked once more where they enter the image's files. Throws USAGE. */
export function checkPipOptions(options: PipOptions): PipOptions {
  options.findLinks.forEach(checkIndexUrl);
  for (const host of options.trustedHosts) {
    if (/^[^\s'"\\-][^\s'"\\]*$/.test(host) && lineBreaker(host) === undefined) continue;
    throw new CaissonError('USAGE', `the trusted host ${JSON.stringify(host)} is not a host name`, {
      hint: 'a trusted host reads host or host:port',
    });
  }
  return options;
}
