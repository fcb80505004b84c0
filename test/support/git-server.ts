import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalServer } from './local-server.ts';
import type { IndexLogin } from './private-index.ts';
import { writeTree } from './test-folders.ts';

interface GitServer extends AsyncDisposable {
  /** Of a repository with the Python package `own` on its branch main. */
  readonly url: string;
}

/** A bare Git repository with the Python package `own` on its branch main: its folder. */
export function makeGitRepository(folder: string): string {
  const [work, bare] = [join(folder, 'own-work'), join(folder, 'own.git')];
  writeTree(work, {
    'pyproject.toml':
      '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "own"\nversion = "1.0"\n[tool.setuptools]\npy-modules = ["own"]\n',
    'own.py': 'ANSWER = 42\n',
  });
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
      cwd: work,
      stdio: 'pipe',
    });
  };
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  git('clone', '--quiet', '--bare', work, bare);
  git('--git-dir', bare, 'update-server-info');
  return bare;
}

/** It, behind a login, as plain files: what git calls the dumb HTTP protocol. */
export async function startGitServer(folder: string, login: IndexLogin): Promise<GitServer> {
  const bare = makeGitRepository(folder);
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const server = await startLocalServer((request, response) => {
    const path = (request.url ?? '').replace(/[?#].*$/s, '').replace(/^\/own\.git\//, '');
    const file = join(bare, path);
    if (request.headers.authorization !== expected)
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    else if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  return { url: `${server.url}/own.git`, [Symbol.asyncDispose]: () => server.close() };
}
