import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { ESLint } from 'eslint';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/environment.ts';

/** The checks of the architecture are on: a file that breaks a rule is found. */
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'caisson-boundaries-'));
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  symlinkSync(join(ROOT, 'tsconfig.json'), join(checkout, 'tsconfig.json'));
});
afterEach(() => {
  rmSync(checkout, { recursive: true });
});

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(checkout, file)), { recursive: true });
  writeFileSync(join(checkout, file), text);
};

/** Names of the rules that the files of the temporary checkout break. */
async function brokenRules(): Promise<string[]> {
  const { default: config } = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as {
    default: { forbidden: []; options: object };
  };
  const options = {
    baseDir: checkout,
    ruleSet: { forbidden: config.forbidden },
    validate: true,
    ...config.options,
  };
  const { output } = await cruise(['src'], options);
  if (typeof output === 'string') throw new Error(output);
  return [...new Set(output.summary.violations.map(({ rule }) => rule.name))].sort();
}

describe('the boundary checker finds', () => {
  it('nothing in files that keep the rules', async () => {
    write('src/core/a.ts', 'export const a = 1;\n');
    write('src/model/b.ts', "import { a } from '../core/a.ts';\nexport const b = a;\n");
    expect(await brokenRules()).toEqual([]);
  });

  it.each([
    [
      'pure-is-pure',
      'src/plan/x.ts',
      "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
    ],
    ['core-imports-nothing', 'src/core/x.ts', "import { y } from '../model/y.ts';\nexport const x = y;\n"],
    [
      'adapters-stay-apart',
      'src/engine/x.ts',
      "import { y } from '../registry/y.ts';\nexport const x = y;\n",
    ],
    ['actions-take-ports', 'src/actions/x.ts', "import { y } from '../engine/y.ts';\nexport const x = y;\n"],
    [
      'commands-look-down',
      'src/commands/x.ts',
      "import { y } from '../sources/y.ts';\nexport const x = y;\n",
    ],
    [
      'vendor-docker-modem',
      'src/actions/x.ts',
      "import Docker from 'docker-modem';\nexport const x = Docker;\n",
    ],
    [
      'vendor-handlebars',
      'src/plan/x.ts',
      "import Handlebars from 'handlebars';\nexport const x = Handlebars;\n",
    ],
    ['no-dev-dependency', 'src/cli/x.ts', "import { format } from 'prettier';\nexport const x = format;\n"],
  ])('%s', async (rule, file, text) => {
    for (const folder of ['model', 'registry', 'engine', 'sources'])
      write(`src/${folder}/y.ts`, 'export const y = 1;\n');
    write(file, text);
    write(
      'package.json',
      '{"dependencies":{"dockerode":"*","handlebars":"*"},"devDependencies":{"prettier":"*"}}',
    );
    expect(await brokenRules()).toContain(rule);
  });

  it('an import in a circle', async () => {
    write('src/model/x.ts', "import { y } from './y.ts';\nexport const x = (): number => y();\n");
    write('src/model/y.ts', "import { x } from './x.ts';\nexport const y = (): number => x();\n");
    expect(await brokenRules()).toEqual(['no-circular']);
  });
});

describe('the linter finds', () => {
  it.each([
    ['a plain Error', "throw new Error('no code');\n", 'CaissonError'],
    ['process.env', "export const home = process.env['HOME'];\n", 'environment'],
    ['process.exit', 'process.exit(1);\n', 'main.ts'],
    ['a default export', 'export default 1;\n', 'export by name'],
  ])('%s in src', async (_what, text, message) => {
    // Without types: the rules in question look at the syntax only, and a project would take seconds.
    const config = await new ESLint({ cwd: ROOT }).calculateConfigForFile(join(ROOT, 'src/actions/x.ts'));
    const rule = (config.rules as Record<string, never>)['no-restricted-syntax'];
    const eslint = new ESLint({
      cwd: checkout,
      overrideConfigFile: true,
      overrideConfig: { rules: { 'no-restricted-syntax': rule } },
    });
    const [result] = await eslint.lintText(text, { filePath: join(checkout, 'x.js') });
    expect(result?.messages.map((found) => found.message).join()).toContain(message);
  });
});
