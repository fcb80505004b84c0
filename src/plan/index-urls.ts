import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import { lineBreaker } from '../model/one-line-text.ts';

export interface IndexUrls {
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
}

/** The indexes of the request, checked once more where they enter the image's files. Throws USAGE. */
export function checkIndexUrls({ indexUrl, extraIndexUrls }: IndexUrls): IndexUrls {
  if (indexUrl !== undefined) checkIndexUrl(indexUrl);
  extraIndexUrls.forEach(checkIndexUrl);
  return { ...(indexUrl === undefined ? {} : { indexUrl }), extraIndexUrls };
}

/** Whether a URL, or any text that holds one, carries a user name or password that would stay in the image. */
export function hasUserInfo(text: string): boolean {
  // git+ssh://git@host names an account that everyone shares; no secret
  const withoutSharedAccounts = text.replace(/(ssh:\/\/)[A-Za-z0-9._-]+@/gi, '$1');
  return stripUserInfo(withoutSharedAccounts) !== withoutSharedAccounts;
}

/** Throws USAGE for what is no http or https URL, or holds a login. */
export function checkIndexUrl(url: string): void {
  if (hasUserInfo(url)) {
    throw new CaissonError(
      'USAGE',
      `the index URL '${stripUserInfo(url)}' holds a login, which would stay in the image`,
      {
        hint: 'give the URL without user name and password',
      },
    );
  }
  if (/^[^#]*\?/.test(url))
    throw new CaissonError('USAGE', `the index URL '${url.replace(/\?.*$/s, '?…')}' holds a query`, {
      hint: 'installers drop it, and a token in it would stay in the image; give a login as https://USER:PASSWORD@HOST/…',
    });
  if (/^https?:\/\/[^\s\\]+$/.test(url) && lineBreaker(url) === undefined && URL.canParse(url)) return;
  throw new CaissonError('USAGE', `the index URL ${JSON.stringify(url)} is not an http or https URL`, {
    hint: 'an index URL ends in /simple/ at most indexes',
  });
}
