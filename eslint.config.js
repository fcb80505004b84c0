import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * Rules that keep house rule 2 (one vendor, one folder) visible in the editor; dependency-cruiser enforces the rest.
 * @type {import('eslint').Linter.RulesRecord}
 */
const houseRules = {
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    {
      selector: "ThrowStatement > NewExpression[callee.name='Error']",
      message: 'throw a CaissonError: it has a code, an exit code and a hint',
    },
    {
      selector: "MemberExpression[object.name='process'][property.name='exit']",
      message: 'only main.ts ends the process',
    },
    {
      selector: "MemberExpression[object.name='process'][property.name='env']",
      message: 'only cli/config reads the environment; take the value from Config',
    },
    { selector: 'ExportDefaultDeclaration', message: 'export by name' },
  ],
  'max-lines': ['error', { max: 220, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 3],
  complexity: ['error', 12],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/prefer-readonly': 'error',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'fixtures/', '.dependency-cruiser.cjs'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', '*.config.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
  },
  { files: ['src/**/*.ts'], rules: houseRules },
  {
    files: ['src/main.ts', 'src/cli/config/environment.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    files: ['scripts/**/*.mjs', '*.config.js'],
    extends: [...tseslint.configs.recommended],
  },
  prettier,
);
