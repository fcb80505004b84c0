// npm run fix: the twin of `npm run check`: repairs what a program can repair.
import { compile, installNodeModules } from './setup/node.mjs';
import { binaryOf, providePython, PYTHON } from './setup/python.mjs';
import { ROOT } from './support/paths.mjs';
import { capture } from './support/processes.mjs';
import { runSession } from './support/session.mjs';
import { say } from './support/terminal.mjs';

const PYTHON_FOLDERS = ['templates/runtime', 'test/runtime'];

/** @type {readonly (() => [string, ...string[]])[]} */
const REPAIRS = [
  () => [process.execPath, 'node_modules/eslint/bin/eslint.js', '--fix', '.'],
  () => [process.execPath, 'node_modules/prettier/bin/prettier.cjs', '--write', '--log-level=warn', '.'],
  () => [binaryOf(PYTHON, 'ruff'), 'check', '--fix', '--no-cache', ...PYTHON_FOLDERS],
  () => [binaryOf(PYTHON, 'ruff'), 'format', '--no-cache', ...PYTHON_FOLDERS],
  () => [process.execPath, 'scripts/docs.mjs'],
  () => [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'golden', '--update'],
];

process.exit(
  await runSession(async ({ signal }) => {
    await installNodeModules(signal);
    await providePython(PYTHON, signal);
    await compile();
    let failures = 0;
    for (const repair of REPAIRS) {
      const [program, ...args] = repair();
      const { code, output } = await capture(program, args, { cwd: ROOT, signal });
      if (code === 0) continue;
      failures += 1;
      say(output.trimEnd());
    }
    say(failures === 0 ? 'fixed; see git diff' : 'something is left to repair by hand: see above');
    return failures === 0 ? 0 : 1;
  }),
);
