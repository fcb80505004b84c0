import { describe, expect, it } from 'vitest';
import { parseImageEnv } from '../../../../src/commands/grammar/image-env.ts';
import { parseLabels } from '../../../../src/commands/grammar/labels.ts';
import { codeOf } from '../../../support/errors.ts';

const LOGIN = 'https://user:hunter22@db.example/x';

describe('a login', () => {
  it.each([
    ['--env', () => parseImageEnv([`DB=${LOGIN}`], () => undefined)],
    ['--env NAME', () => parseImageEnv(['DB'], () => LOGIN)],
    ['--label', () => parseLabels([`a=${LOGIN}`])],
  ])('never gets into the image by %s, nor into the message', (_, parse) => {
    expect(codeOf(parse)).toBe('USAGE');
    expect(parse).not.toThrow(/hunter22/);
  });

  it('is not every at sign', () => {
    expect(parseImageEnv(['A=me@example.org', 'B=https://h/x@1'], () => undefined)).toEqual({
      A: 'me@example.org',
      B: 'https://h/x@1',
    });
    expect(parseLabels(['a=me@example.org'])).toEqual({ a: 'me@example.org' });
  });
});
