import { describe, expect, it } from 'vitest';
import { isRequirementsFile, parseAskedRequirements } from '../../../../src/commands/grammar/requirements.ts';
import { codeOf } from '../../../support/errors.ts';

describe('isRequirementsFile', () => {
  it.each(['requirements.txt', './x/extra.TXT', '/srv/base.in'])('%s is a file', (text) => {
    expect(isRequirementsFile(text)).toBe(true);
  });

  it.each([
    'pandas',
    'pandas==2.2',
    './wheels/x.whl',
    'x @ https://example.org/a.zip',
    'a ; extra == "b.txt"',
  ])('%s is a requirement', (text) => {
    expect(isRequirementsFile(text)).toBe(false);
  });
});

describe('parseAskedRequirements', () => {
  it('reads what pip reads', () => {
    expect(parseAskedRequirements('pandas==2 # why\n--pre\n', "'x.txt'")).toMatchObject([
      { kind: 'package', name: 'pandas', text: 'pandas==2' },
      { kind: 'option', option: '--pre' },
    ]);
  });

  it.each([
    '-r more.txt',
    '-c more.txt',
    'two words',
    'x==1\u202E',
    '--unknown',
    'x @ https://me:secret@example.org/x.whl',
  ])('refuses %j with the name of its place, and no login', (text) => {
    const work = (): unknown => parseAskedRequirements(text, '--requirement');
    expect(codeOf(work)).toBe('USAGE');
    expect(work).toThrow(/^(?!.*secret).*--requirement/);
  });
});
