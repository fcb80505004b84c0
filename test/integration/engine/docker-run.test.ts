import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { suiteFolder } from '../../support/test-folders.ts';
import { skipReason, TEST_ENGINE, titled } from '../../support/test-engine.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const run = randomBytes(6).toString('hex');
/** docker's client names it to the engine, which leaves it out. */
const UNSET = 'NOT_SET_ANYWHERE';
const IMAGE = `caisson-test/sleeper:${run}`;

/** What differs by design: the name, a label of caisson's, and what is made anew for each container. */
const OF_EACH = new Set([
  'Hostname',
  'Image',
  'ContainerIDFile',
  'ConsoleSize',
  'LogConfig',
  'AttachStdout',
  'AttachStderr',
]);

describe.skipIf(skipReason !== undefined)(titled('the same options given to docker run'), () => {
  const folder = suiteFolder();
  const host = TEST_ENGINE.host ?? '';
  const docker = (...argv: readonly string[]): string =>
    execFileSync('docker', ['-H', host, ...argv], { encoding: 'utf8', cwd: folder.path, env: ENVIRONMENT });

  const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', HOME: '/tmp', FROM_HERE: 'of the caller' };

  beforeAll(() => {
    const made = docker('create', TEST_ENGINE.baseImage ?? '', 'true').trim();
    docker('commit', '--change', 'CMD ["sleep","300"]', '--change', 'EXPOSE 5001', made, IMAGE);
    docker('rm', made);
    writeFileSync(
      join(folder.path, 'vars'),
      '# a comment\nPLAIN=1\nQUOTED="two words" \nFROM_HERE\nNOT_SET_ANYWHERE\n  INDENTED=x # y\n',
    );
  });

  afterAll(() => {
    docker('rmi', '-f', IMAGE);
  });

  /** What the engine was asked for, with the lists in one order. */
  function inspected(name: string): unknown {
    const [container] = JSON.parse(docker('inspect', name)) as readonly Readonly<
      Record<'Config' | 'HostConfig', Readonly<Record<string, unknown>>>
    >[];
    docker('rm', '-f', name);
    const { Config: config = {}, HostConfig: hostConfig = {} } = container ?? {};
    return { ...comparable(config), ...comparable(hostConfig) };
  }

  /** docker's client writes empty values where caisson leaves a field to the engine. */
  function comparable(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const kept = Object.entries(fields).map(([key, value]) => [key, plain(value)] as const);
    return Object.fromEntries(kept.filter(([key, value]) => !OF_EACH.has(key) && !isEmpty(value)));
  }

  function isEmpty(value: unknown): boolean {
    if (typeof value === 'object' && value !== null) return Object.values(value).every(isEmpty);
    return [null, undefined, '', 0, false, 'no', 'default', -1].includes(value as null);
  }

  /** Lists in one order and without repetitions; capabilities with their old names; what is caisson's own left out. */
  function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => JSON.stringify(item).replace(/^"CAP_/, '"'));
      return [...new Set(items)].filter((item) => !item.includes(UNSET)).sort();
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'io.caisson.started-by'));
  }

  async function byCaisson(name: string, options: readonly string[]): Promise<unknown> {
    const [stdout, stderr] = [textSink(), recordedStream()];
    const exitCode = await runCli({
      argv: ['run', '-d', '--name', name, '--pull', 'never', ...options, IMAGE],
      environment: { ...ENVIRONMENT, DOCKER_HOST: host },
      workingFolder: folder.path,
      version: '1.2.3',
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    expect(`${exitCode} ${stderr.text()}`).toMatch(/^0 /);
    return inspected(name);
  }

  it.each([
    ['ports', '-p 5001 -p 127.0.0.1::53/udp -p 127.0.0.1:28000-28003:5002 -p 28010-28011:6000-6001'],
    ['variables', '-p 5001 --env-file vars -e A=1 -e B= -e FROM_HERE -e NOT_SET_ANYWHERE -e A=2'],
    [
      'limits',
      '-p 5001 -m 256m --cpus 0.5 --cpuset-cpus 0 --pids-limit 100 --shm-size 32m --ulimit nofile=1024:2048 --ulimit core=0',
    ],
    ['swap', '-p 5001 --memory 64m --memory-swap -1'],
    [
      'confinement',
      '-p 5001 -u 1000:0 --read-only --tmpfs /tmp:size=1m --tmpfs /run --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges',
    ],
    [
      'a volume and labels',
      '-p 5001 -v ./data:/data:ro -v caisson-test-none:/named -l team=a -l bare --add-host db:10.0.0.5',
    ],
    ['a policy', '-p 5001 --restart on-failure:3'],
    ['the network of the host', '--network host'],
    ['no network', '--network none'],
  ])('asks the engine for the same: %s', async (_, line) => {
    const options = line.split(' ');
    const theirs = `docker-${run}-${randomBytes(3).toString('hex')}`;
    docker('create', '--name', theirs, ...options, IMAGE);
    const expected = inspected(theirs);
    expect(await byCaisson(`caisson-${run}-${randomBytes(3).toString('hex')}`, options)).toEqual(expected);
  });
});
