// Writes docs/reference from the tables of the program and of the server; --check only compares, and names what differs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseServerVariables, SERVER_VARIABLES } from './support/server-variables.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'docs', 'reference');
// below node_modules, so that the compiled files find the packages
const compiled = join(root, 'node_modules', '.cache', `caisson-docs-${process.pid}`);
const isCheck = process.argv.includes('--check');

try {
  compile();
  const { referencePages } = await import(pathToFileURL(join(compiled, 'cli', 'reference.js')).href);
  const serverVariables = parseServerVariables(readFileSync(join(root, SERVER_VARIABLES), 'utf8'));
  const pages = Object.entries(referencePages({ serverVariables }));
  const stale = pages.filter(([name, text]) => readPage(name) !== text);
  if (isCheck) report(stale.map(([name]) => `docs/reference/${name}`));
  else write(stale);
} finally {
  rmSync(compiled, { recursive: true, force: true });
}

function compile() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const argv = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', compiled, '--noCheck'];
  const { status } = spawnSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** @param {string} name */
function readPage(name) {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {readonly string[]} stale */
function report(stale) {
  if (stale.length === 0) return console.log('docs/reference is up to date');
  console.error(`out of date: ${stale.join(', ')}\n  hint: npm run docs`);
  process.exitCode = 1;
}

/** @param {readonly [name: string, text: string][]} stale */
function write(stale) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  console.log(
    stale.length === 0 ? 'docs/reference is up to date' : `wrote ${stale.map(([name]) => name).join(', ')}`,
  );
}
