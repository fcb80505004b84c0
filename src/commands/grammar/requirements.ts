import { CaissonError } from '../../core/errors.ts';
import { stripUserInfo } from '../../core/redaction.ts';
import { parseRequirements, type Requirement } from '../../model/requirement.ts';
import { hasUserInfo } from '../../plan/index-urls.ts';
import { usage } from './usage.ts';

/** What --requirement and --constraint mean: pip's file, or one line of it. */
export function isRequirementsFile(text: string): boolean {
  return /\.(?:txt|in)$/i.test(text) && !/\s/.test(text);
}

/** `source` is the option or the file, for errors. Throws USAGE, without quoting a login. */
export function parseAskedRequirements(text: string, source: string): readonly Requirement[] {
  const found = parseLines(text, source);
  for (const item of found) {
    if (hasUserInfo(item.text))
      throw usage(
        `the requirement '${stripUserInfo(item.text)}' of ${source} holds a login`,
        'it would stay in the image: remove user name and password from the URL',
      );
    if (item.kind === 'option' && /^--(?:requirement|constraint)$/.test(item.option))
      throw usage(
        `'${item.text}' in ${source} names another file, which is not read`,
        `name each file on the command line: ${item.option} FILE.txt`,
      );
  }
  return found;
}

function parseLines(text: string, source: string): readonly Requirement[] {
  try {
    return parseRequirements(text);
  } catch (error) {
    if (!(error instanceof CaissonError)) throw error;
    throw usage(
      `${source}: ${error.message}`,
      'requirements are written as pip takes them, such as pandas==2.2.3',
    );
  }
}
