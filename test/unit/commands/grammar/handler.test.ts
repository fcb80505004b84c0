import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_HANDLER_BYTES,
  parseHandler,
  parseHandlerPath,
} from '../../../../src/commands/grammar/handler.ts';
import { hostileText } from '../../../support/hostile-text.ts';

const parse = (content: string | readonly number[]): string =>
  parseHandler(typeof content === 'string' ? Buffer.from(content) : Uint8Array.from(content), 'handler.py');

describe('the path of a handler', () => {
  it.each(['handler.py', './a b/h.py', '/srv/ü.py', '.py'])('%s', (path) => {
    expect(parseHandlerPath(path)).toBe(path);
  });

  it.each(['', 'handler', 'handler.pyc', 'handler.PY', 'handler.py/', '/dev/fd/63'])('refuses %j', (path) => {
    expect(() => parseHandlerPath(path)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `the handler '${path}' is not a .py file`,
        hint: expect.stringContaining('pre(inputs)'),
      }),
    );
  });
});

describe('the source of a handler', () => {
  it('is the bytes of its file, whatever they say', () => {
    const lines = fc.array(fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 8 })), {
      maxLength: 6,
    });
    const source = fc.record({ lines, end: fc.constantFrom('\n', '\r\n', '\r', '\f') });
    fc.assert(
      fc.property(source, ({ lines: texts, end }) => {
        const bytes = Buffer.from(texts.join(end).replaceAll('\0', ''));
        expect(Buffer.from(parseHandler(bytes, 'handler.py')).equals(bytes)).toBe(true);
      }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(parse([0xef, 0xbb, 0xbf, 0x61])).toBe('\uFEFFa');
  });

  it('may have a million bytes', () => {
    expect(parse('#'.repeat(MAX_HANDLER_BYTES))).toHaveLength(1_000_000);
  });

  it.each([
    ['#'.repeat(MAX_HANDLER_BYTES + 1), 'is larger than 1 MB', 'keep code in the handler'],
    ['é'.repeat(MAX_HANDLER_BYTES / 2 + 1), 'is larger than 1 MB', 'keep code in the handler'],
    ['a = 1\0', 'holds a NUL character', 'name the Python source'],
    [[0x23, 0xe9], 'is not UTF-8', 'save the file in UTF-8'],
    [[0xed, 0xa0, 0x80], 'is not UTF-8', 'save the file in UTF-8'],
    [[0xff, 0xfe, 0x61, 0x00], 'is not UTF-8', 'save the file in UTF-8'],
  ])('is refused (%#): %.0s%s', (content, message, hint) => {
    expect(() => parse(content)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `the handler 'handler.py' ${message}`,
        hint: expect.stringContaining(hint),
      }),
    );
  });
});
