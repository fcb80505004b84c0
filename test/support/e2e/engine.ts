import { spawnSync } from 'node:child_process';
import Docker from 'dockerode';
import { testCa, testPart } from '../environment.ts';
import type { Account } from './caisson.ts';

/** The engine of the tests, for looking at it behind caisson's back. */
export function testEngine(): Docker {
  const host = testPart('dockerHost');
  if (host.startsWith('unix://')) return new Docker({ socketPath: host.slice('unix://'.length) });
  const { hostname, port } = new URL(host.replace(/^tcp:/, 'http:'));
  return new Docker({ protocol: 'http', host: hostname, port: Number(port) });
}

/** Ids of all containers, stopped ones included. */
export async function containerIds(): Promise<string[]> {
  const containers = await testEngine().listContainers({ all: true });
  return containers.map(({ Id }) => Id).sort();
}

export async function hasImage(reference: string): Promise<boolean> {
  return testEngine()
    .getImage(reference)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** Ids of images without a name: what a broken-off build would leave. */
export async function danglingImages(): Promise<string[]> {
  const images = await testEngine().listImages({ filters: { dangling: ['true'] } });
  return images.map(({ Id }) => Id).sort();
}

/** The options that a build needs on this machine. */
export const baseOptions = (): string[] => {
  const ca = testCa();
  return ['--base-image', testPart('baseImage'), ...(ca === undefined ? [] : ['--ca-cert', ca])];
};

/** Builds and fails the test with the whole story when that does not work. */
export async function buildImage(account: Account, model: string, ...args: string[]): Promise<string> {
  const result = await account.run(['build-image', model, ...baseOptions(), ...args]);
  if (result.code !== 0) throw new Error(`build-image ended with ${String(result.code)}:\n${result.stderr}`);
  return result.stdout;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request, with curl where it is installed as in any tutorial. */
export async function curl(url: string, body: string): Promise<Answer> {
  const args = ['-sS', '--noproxy', '*', '-w', '\n%{http_code}', '-X', 'POST'];
  const request = ['-H', 'Content-Type: application/json', '-d', body, url];
  const { status, stdout } = spawnSync('curl', [...args, ...request], { encoding: 'utf8' });
  if (status === 0) {
    const end = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
  }
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}

export const FLOWER = '{"inputs": [[5.1, 3.5, 1.4, 0.2]]}';
