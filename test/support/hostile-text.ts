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
