import fc from 'fast-check';

const PIECES = [
  '"',
  "'",
  '\\',
  '\\\\',
  '$',
  '${A}',
  '$(id)',
  '`id`',
  '{{x}}',
  '{{{x}}}',
  '{{/each}}',
  '{{> serve}}',
  '\\{{',
  '}}',
  '#',
  '# escape=`',
  '--mount=type=bind',
  '-',
  ' ',
  '\t',
  '  \\',
  'RUN id',
  '<<EOF',
  '&&',
  ';',
  '|',
  '>',
  '*',
  '=',
  ',',
  '[',
  ']',
  '%s',
  'é',
  '日本',
  '\u202E',
  '\u200B',
  '\u00A0',
  '\uFEFF',
  '🚀',
  'a',
  'B7',
];

/** One line of text made of what Dockerfiles, shells and templates give a meaning to. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

const BREAKERS = ['\n', '\r', '\0', '\u0085', '\u2028', '\uD800', '\x1B'];

/** Hostile text that now and then holds what no line can carry. */
export const wildText = fc
  .tuple(hostileText, sometimes(fc.constantFrom(...BREAKERS), ''), hostileText)
  .map((pieces) => pieces.join(''));

/** One of twenty is wild. */
function sometimes<T>(wild: fc.Arbitrary<T>, calm: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 19, arbitrary: fc.constant(calm) }, { weight: 1, arbitrary: wild });
}

const name = (pattern: RegExp): fc.Arbitrary<string> =>
  fc.oneof({ weight: 19, arbitrary: fc.stringMatching(pattern) }, { weight: 1, arbitrary: wildText });

const url = hostileText.map((text) => `https://e/${text}`);

/** What a command line can hold, before anything checked it. */
export const hostileRequest = fc.record(
  {
    builder: fc.constantFrom('buildkit' as const, 'classic' as const),
    baseImage: name(/^[a-z0-9][a-z0-9._:/@-]{0,8}$/),
    labels: fc.dictionary(name(/^[a-z0-9][a-z0-9._/-]{0,8}$/), wildText, { maxKeys: 2 }),
    env: fc.dictionary(name(/^[A-Z_][A-Za-z0-9_.-]{0,8}$/), wildText, { maxKeys: 2 }),
    buildArgNames: fc.array(name(/^[A-Z_]{1,8}$/), { maxLength: 1 }),
    indexUrl: sometimes(url, 'https://e/simple'),
    extraIndexUrls: fc.array(
      url.map((text) => text.replace(/[\s\\@]/g, '')),
      { maxLength: 2 },
    ),
    certificateAuthority: fc.constantFrom('none' as const, 'in-context' as const),
    modelSource: fc.constantFrom('baked' as const, 'load-at-start' as const),
  },
  { requiredKeys: [] },
);

const REQUIREMENTS = [
  'a==1',
  'lightgbm',
  'https://e/x',
  'git+https://e/x',
  './wheels/x.whl',
  'x @ https://e/x',
  '-e https://e/x',
  '-e "https://e/x',
  '--find-links https://e/x',
  '--find-links="https://e/x',
  '--trusted-host x',
  '--pre',
];

/** What may follow: what pip and uv, a shell, or a template give a meaning to. */
const REQUIREMENT_TAILS = [
  ' ',
  '\t',
  '\u00A0',
  '\\',
  '\\\n',
  '\n',
  '"',
  "'",
  ';',
  ' ; python_version<"3"',
  '#',
  ' #',
  ' -r x',
  ' --pre',
  ' --global-option=x',
  ' --global-option "x"',
  ' --hash=sha256:0',
  '{{x}}',
  '$(id)',
  '`id`',
  '${A}',
  '<<EOF',
  'x',
];

/** The text of a requirements.txt. */
export const hostileRequirements = fc
  .array(
    fc.tuple(
      fc.constantFrom(...REQUIREMENTS),
      fc.array(fc.constantFrom(...REQUIREMENT_TAILS), { maxLength: 3 }),
    ),
    { maxLength: 2 },
  )
  .map((lines) => lines.map(([head, tails]) => `${head}${tails.join('')}\n`).join(''));

/** A model whose every text is hostile, given as what to call resolvedModel with; YAML is written as JSON, which it holds. */
export const hostileModel = fc
  .record({
    requirements: fc.oneof(fc.constant('lightgbm\n'), hostileRequirements),
    constraints: fc.option(fc.oneof(fc.constant('a<2\n'), hostileRequirements)),
    flavor: wildText,
    ids: fc.dictionary(fc.constantFrom('run_id', 'model_id', 'mlflow_version'), wildText),
    uri: wildText,
    registeredName: fc.option(wildText, { nil: undefined }),
    signatureName: wildText,
  })
  .map(({ requirements, constraints, flavor, ids, uri, registeredName, signatureName }) => () => ({
    origin: { uri, ...(registeredName === undefined ? {} : { registeredName, registeredVersion: 1 }) },
    files: {
      'requirements.txt': `${constraints === null ? '' : '-c constraints.txt\n'}mlflow\n${requirements}`,
      ...(constraints === null ? {} : { 'constraints.txt': constraints }),
      'wheels/x.whl': '',
      MLmodel: JSON.stringify({
        ...ids,
        flavors: {
          ...(flavor === '' ? {} : { [flavor]: {} }),
          python_function: { loader_module: 'a', python_version: '3.11.7' },
        },
        signature: { inputs: JSON.stringify([{ type: 'double', name: signatureName, required: true }]) },
      }),
    },
  }));
