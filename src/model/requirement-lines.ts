import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import { deceptiveCharacter } from './one-line-text.ts';

const COMMENT = /(?:^|\s+)#[^]*$/;

/**
 * The lines of a requirements file as pip's req_file.py sees them: a backslash at the end joins a line with the next one, comments go, white
 * space is folded, empty lines are dropped. Throws MODEL_BROKEN on control characters.
 */
export function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let pending = '';
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const isComment = /^\s*#/.test(line);
    if (line.endsWith('\\') && !isComment) {
      pending += line.slice(0, -1);
      continue;
    }
    // a comment ends what was continued; pip keeps the space so that `#` is still one
    lines.push(pending + (isComment ? ` ${line}` : line));
    pending = '';
  }
  lines.push(pending);
  return lines.map(cleanLine).filter((line) => line !== '');
}

/** The error for a line that is neither a requirement nor an option. */
export function unreadable(line: string): CaissonError {
  return new CaissonError('MODEL_BROKEN', `the requirement '${stripUserInfo(line)}' cannot be read`, {
    hint: 'requirements are written as pip takes them, such as scikit-learn==1.5.0',
  });
}

function cleanLine(line: string): string {
  const bare = line
    .replace(COMMENT, '')
    .replace(/[ \t\f]+/g, ' ')
    .replace(/^ | $/g, '');
  // white space behind it kept it from joining two lines here; written down again, without that space, it would join them
  if (bare.endsWith('\\')) throw unreadable(bare);
  const character = deceptiveCharacter(bare);
  if (character === undefined) return bare;
  throw new CaissonError(
    'MODEL_BROKEN',
    `the requirement ${JSON.stringify(stripUserInfo(bare))} holds the character ${character}`,
    { hint: 'remove the character from the requirements of the model' },
  );
}
