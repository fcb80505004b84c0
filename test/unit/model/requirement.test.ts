import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { normalizeProjectName, parseRequirements } from '../../../src/model/requirement.ts';
import { codeOf } from '../../support/errors.ts';
import { runs } from '../../support/runs.ts';

const texts = (text: string): readonly string[] => parseRequirements(text).map((item) => item.text);

describe('parseRequirements', () => {
  it('drops comments and blank lines and joins continued lines as pip does', () => {
    expect(texts('# head\n\nnumpy==2.0 # why\r\nscipy \\\n  >=1.0 \\\n  ,<2\n  # c \\\nsix==1.0')).toEqual([
      'numpy==2.0',
      'scipy >=1.0 ,<2',
      'six==1.0',
    ]);
  });

  it.each([
    ['scikit_learn==1.5.0', 'scikit-learn'],
    ['Flask.Login', 'flask-login'],
    ['a', 'a'],
    ['torch==2.3.0+cpu', 'torch'],
    ['pandas[excel, performance] >= 2 ; python_version < "3.13"', 'pandas'],
    ['six (>=1.0)', 'six'],
    ['six==1.*,', 'six'],
    ["x;platform_system=='a/b'", 'x'],
    ['mlflow==3.17.2 --hash=sha256:0123 --hash=sha256:4567', 'mlflow'],
  ])('reads the package %s', (line, name) => {
    expect(parseRequirements(line)).toEqual([{ kind: 'package', name, text: line }]);
  });

  it.each([
    ['-r requirements.txt', '--requirement', 'requirements.txt'],
    ['-rrequirements.txt', '--requirement', 'requirements.txt'],
    ['--requirement=x.txt', '--requirement', 'x.txt'],
    ['-c constraints.txt', '--constraint', 'constraints.txt'],
    ['-i https://example.org/simple', '--index-url', 'https://example.org/simple'],
    ['--extra-index-url=https://example.org/a?b=c', '--extra-index-url', 'https://example.org/a?b=c'],
    ['-f "https://example.org/x"', '--find-links', 'https://example.org/x'],
    ['--pre', '--pre', ''],
    ['--no-binary :all:', '--no-binary', ':all:'],
  ])('reads the option %s', (line, option, value) => {
    expect(parseRequirements(line)).toEqual([
      { kind: 'option', option, value, text: value === '' ? option : `${option} ${value}` },
    ]);
  });

  it('reads several options of one line', () => {
    expect(texts('-i https://a.example --extra-index-url https://b.example --pre')).toEqual([
      '--index-url https://a.example',
      '--extra-index-url https://b.example',
      '--pre',
    ]);
  });

  it.each([
    ['https://example.org/x-1.0.tar.gz', undefined, { kind: 'url', url: 'https://example.org/x-1.0.tar.gz' }],
    [
      'x @ https://example.org/x.zip ; python_version>"3"',
      'x',
      { kind: 'url', url: 'https://example.org/x.zip' },
    ],
    ['X_y[a]@https://example.org/x.zip', 'x-y', { kind: 'url', url: 'https://example.org/x.zip' }],
    [
      'git+https://example.org/x.git@main',
      undefined,
      { kind: 'vcs', url: 'git+https://example.org/x.git@main' },
    ],
    ['-e git+ssh://git@example.org/x', undefined, { kind: 'vcs', url: 'git+ssh://git@example.org/x' }],
    ['x@ git+https://example.org/x', 'x', { kind: 'vcs', url: 'git+https://example.org/x' }],
    ['wheels/x-1-py3-none-any.whl', undefined, { kind: 'path', path: 'wheels/x-1-py3-none-any.whl' }],
    ['./pkg[extra]', undefined, { kind: 'path', path: './pkg[extra]' }],
    ['-e .', undefined, { kind: 'path', path: '.' }],
    ['x-1-py3-none-any.whl', undefined, { kind: 'path', path: 'x-1-py3-none-any.whl' }],
    ['numpy @ file:///croot/numpy/x.whl', 'numpy', { kind: 'path', path: '/croot/numpy/x.whl' }],
    ['file:x.whl', undefined, { kind: 'path', path: 'x.whl' }],
    ['C:\\x\\y.whl', undefined, { kind: 'path', path: 'C:\\x\\y.whl' }],
  ])('reads where %s lies', (line, name, location) => {
    const [found, ...rest] = parseRequirements(line);
    expect(found).toEqual({
      kind: 'direct',
      ...(name === undefined ? {} : { name }),
      location,
      text: line.replace(/^-e /, ''),
    });
    expect(rest).toEqual([]);
  });

  it.each([
    '=1.0',
    'a b',
    'numpy=1.0',
    '--unknown x',
    '-r',
    '--index-url --pre',
    '-',
    '--pre six',
    'six==1 \u0000',
    'six==1\u202Eevil',
    'six==1\u2028evil',
    'six\u0085evil',
    'x.whl \\ ',
    'six==1 \u2028',
    '-r#',
    '--find-links https://e/x\\ --pre',
    '-e "git+https://e/x\\"',
    '--trusted-host \\ --pre',
    "six; x == 'a'\u001B[2J",
  ])('refuses %j', (line) => {
    expect(codeOf(() => parseRequirements(line))).toBe('MODEL_BROKEN');
  });

  it('does not quote a login in its errors', () => {
    expect(() => parseRequirements('x y https://me:secret@example.org')).toThrow(/^(?!.*secret)/);
  });

  it('takes anything or throws MODEL_BROKEN, and what it takes is one clean line that reads the same again', () => {
    const piece = fc.constantFrom(
      '-r',
      '-e',
      '--pre',
      '==',
      '1.0',
      '\\',
      '\n',
      ' ',
      '#',
      '@',
      ';',
      '[',
      ']',
      '(',
      "'",
      '"',
      '/',
      '.',
      'git+',
      'https://',
      'a:b@',
      'numpy',
      'x.whl',
      '--hash=',
      '\t',
      '\r',
      '\u0000',
      '\u202E',
      '\u2028',
      '{{',
      '$',
      '`',
      '\uD800',
    );
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(line, (text) => {
        let items;
        try {
          items = parseRequirements(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CaissonError);
          expect((error as CaissonError).code).toBe('MODEL_BROKEN');
          return;
        }
        for (const item of items) {
          expect(item.text).toMatch(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202E]+$/u);
          expect(parseRequirements(item.text)).toEqual([item]);
        }
      }),
      { numRuns: runs(3000) },
    );
  });
});

describe('normalizeProjectName', () => {
  it('is PEP 503', () => {
    expect(normalizeProjectName('Friendly-._.Bard')).toBe('friendly-bard');
  });
});
