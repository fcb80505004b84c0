import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, vi } from 'vitest';
import type { ContainerSpec } from '../../src/engine/port.ts';
import { EngineProbe } from '../support/engine-probe.ts';
import { FakeEngine, type FakeProgram } from '../support/fake-engine.ts';
import { createTestEngine, skipReason, TEST_ENGINE, TEST_LOGIN, titled } from '../support/test-engine.ts';
import { engineContract, type Command, type ContractSubject, type Program } from './engine-contract.ts';

const common = {
  login: TEST_LOGIN,
  builders: ['buildkit', 'classic'],
  unique: () => randomBytes(6).toString('hex'),
  freePort,
  imageFile: { path: '/usr/lib/os-release', words: 'Debian' },
} as const;

describe('the fake engine', () => {
  engineContract(fakeSubject());
});

describe.skipIf(skipReason !== undefined)(titled('a real engine'), () => {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  const subject: ContractSubject = {
    ...common,
    engine: createTestEngine(),
    baseImage: TEST_ENGINE.baseImage ?? '',
    registry: TEST_ENGINE.registry ?? '',
    authRegistry: TEST_ENGINE.authRegistry ?? '',
    program: (program) => ({
      image: TEST_ENGINE.baseImage ?? '',
      command: ['/bin/sh', '-c', SCRIPTS[program]],
    }),
    argv: (command) => ['/bin/sh', '-c', COMMANDS[command]],
  };
  engineContract(() => subject);

  afterAll(async () => {
    await (await EngineProbe.open()).removeImages(/\/contract\/[0-9a-f]{12}:/);
  });
});

const SCRIPTS: Readonly<Record<Program, string>> = {
  'speak-and-end': "echo one; echo oops >&2; printf 'zwei ü'; exit 3",
  'run-until-stopped': "trap 'exit 143' TERM; echo started; while true; do sleep 0.1; done",
  'write-file': "printf 'forty-two ü\\n' > /tmp/answer",
  'try-limits': [
    'echo interfaces: $(ls /sys/class/net)',
    '(: > /root/x) 2> /dev/null && echo root: writable || echo root: read-only',
    ': > /tmp/x && echo tmp: writable',
    'echo capabilities: $(grep CapEff /proc/self/status | cut -f 2)',
    'echo new privileges: $(grep NoNewPrivs /proc/self/status | cut -f 2)',
  ].join('; '),
};

const COMMANDS: Readonly<Record<Command, string>> = {
  'echo-back': 'cat',
  'speak-and-fail': "printf 'out ü'; echo oops >&2; exit 7",
  'never-end': 'sleep 1000',
  'say-much': 'head -c 3000000 /dev/zero | tr "\\0" x',
};

const FAKE_EXEC: NonNullable<FakeProgram['exec']> = ({ argv: [name], stdin }, container) => {
  switch (name as Command) {
    case 'echo-back':
      return { stdout: stdin };
    case 'speak-and-fail':
      return { exitCode: 7, stdout: 'out ü', stderr: 'oops\n' };
    case 'say-much':
      return { stdout: 'x'.repeat(1024 * 1024) };
    case 'never-end':
      return container.wait().then(() => ({ exitCode: 137 }));
  }
};

const FAKE_PROGRAMS: Readonly<Record<Program, FakeProgram>> = {
  'speak-and-end': {
    lines: [
      { stream: 'stdout', line: 'one' },
      { stream: 'stderr', line: 'oops' },
      { stream: 'stdout', line: 'zwei ü' },
    ],
    end: { exitCode: 3 },
  },
  'run-until-stopped': {
    lines: [{ stream: 'stdout', line: 'started' }],
    end: 'when-stopped',
    exec: FAKE_EXEC,
  },
  // nothing runs in the fake: what it says is what the real one must say
  'try-limits': {
    lines: [
      'interfaces: lo',
      'root: read-only',
      'tmp: writable',
      'capabilities: 0000000000000000',
      'new privileges: 1',
    ].map((line) => ({ stream: 'stdout', line })),
    end: { exitCode: 0 },
  },
  'write-file': { lines: [], end: { exitCode: 0 }, files: { '/tmp/answer': 'forty-two ü\n' } },
};

function fakeSubject(): () => ContractSubject {
  const engine = new FakeEngine();
  engine.addImage('base:1', {
    files: { '/usr/lib/os-release': 'NAME="Debian GNU/Linux"\n' },
    program: ({ command }: ContainerSpec) => FAKE_PROGRAMS[command[0] as Program],
  });
  engine.addRegistry('localhost:5000');
  engine.addRegistry('localhost:5001', TEST_LOGIN);
  const subject: ContractSubject = {
    ...common,
    engine,
    baseImage: 'base:1',
    registry: 'localhost:5000',
    authRegistry: 'localhost:5001',
    program: (program) => ({ image: 'base:1', command: [program] }),
    argv: (command) => [command],
  };
  return () => subject;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
