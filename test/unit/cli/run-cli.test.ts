import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../src/cli/program.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { COMMANDS } from '../../../src/commands/index.ts';
import { GLOBAL_OPTIONS } from '../../../src/commands/global-options.ts';
import { commandsOf, variableName } from '../../../src/commands/spec.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function caisson(
  argv: readonly string[],
  more: { environment?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Ran> {
  const [stdout, stderr] = [textSink(), recordedStream()];
  const exitCode = await runCli({
    argv,
    // no engine answers there, so that nothing of this machine is touched
    environment: { DOCKER_HOST: 'unix:///nowhere.sock', HOME: '/nowhere', ...more.environment },
    workingFolder: '/nowhere',
    version: '1.2.3',
    stdout,
    stderr,
    signal: more.signal ?? new AbortController().signal,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

describe('--self-test and --no-self-test', () => {
  const typed = (...words: readonly string[]): unknown => {
    const line = parseLine(['build', 'm', '-t', 'x', ...words], { commands: COMMANDS, version: '1' });
    return line.kind === 'invocation' ? line.invocation.options : line;
  };

  it('share a value in commander, and the later of them counts', () => {
    expect(typed()).toEqual({ tag: ['x'] });
    expect(typed('--self-test', 'f')).toEqual({ tag: ['x'], 'self-test': 'f' });
    expect(typed('--no-self-test')).toEqual({ tag: ['x'], 'no-self-test': true });
    expect(typed('--no-self-test', '--self-test', 'f')).toEqual({ tag: ['x'], 'self-test': 'f' });
    expect(typed('--self-test', 'f', '--no-self-test', '--no-cache')).toEqual({
      tag: ['x'],
      'no-self-test': true,
      'no-cache': true,
    });
  });
});

describe('help', () => {
  it('is an answer, the same for -h, --help and help', async () => {
    const { exitCode, stdout, stderr } = await caisson(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect((await caisson(['-h'])).stdout).toBe(stdout);
    expect((await caisson(['help'])).stdout).toBe(stdout);
    expect(stdout).toMatchSnapshot();
  });

  it.each([...commandsOf(COMMANDS).map(({ words }) => words), 'templates'])('of %s', async (words) => {
    const { exitCode, stdout } = await caisson([...words.split(' '), '-h']);
    expect(exitCode).toBe(0);
    const [last = '', ...groups] = words.split(' ').reverse();
    expect((await caisson([...groups, 'help', last])).stdout).toBe(stdout);
    expect(stdout).toMatchSnapshot();
  });

  it('names every option and its variable', async () => {
    for (const { words, spec } of commandsOf(COMMANDS)) {
      const { stdout } = await caisson([...words.split(' '), '--help']);
      for (const option of [...spec.options, ...GLOBAL_OPTIONS]) {
        expect(stdout).toContain(`--${option.name}`);
        expect(stdout).toContain(variableName(option) ?? '');
      }
    }
  });

  it('of an alias is that of the command', async () => {
    expect((await caisson(['build', '-h'])).stdout).toBe((await caisson(['build-image', '-h'])).stdout);
  });
});

describe('the version', () => {
  it.each(['--version', '-V'])('%s', async (flag) => {
    expect(await caisson([flag])).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' });
  });
});

describe('a wrong command line ends with 2 and tells what is wrong', () => {
  it.each([
    [[], 'error: no command is given\n  hint: caisson --help lists the commands\n'],
    [['templates'], 'error: no command is given\n  hint: caisson templates --help lists the commands\n'],
    [['templates', 'ejct', 'x'], "error: unknown command 'ejct'\n  hint: did you mean eject?\n"],
    [['biuld-image'], "error: unknown command 'biuld-image'\n  hint: did you mean build-image?\n"],
    [
      ['push', '--frobnicate', 'x'],
      "error: unknown option '--frobnicate'\n  hint: see the --help of the command\n",
    ],
    [['build', 'm', '--tga', 'x'], "error: unknown option '--tga'\n  hint: did you mean --tag?\n"],
    [
      ['build', '-t', 'x'],
      "error: missing required argument 'model'\n  hint: see the --help of the command\n",
    ],
    [['build', 'm'], 'error: the option -t, --tag is missing\n  hint: add -t REF\n'],
    [
      ['build', 'm', 'n', '-t', 'x'],
      /^error: too many arguments for 'build-image'\. Expected 1 argument but got 2/,
    ],
    [['generate', 'm'], 'error: the option -o, --output-directory is missing\n  hint: add -o DIR\n'],
    [
      ['generate', 'm', '-o'],
      "error: option '-o, --output-directory <DIR>' argument missing\n  hint: see the --help of the command\n",
    ],
    [
      ['run', 'x', '--rm', '--keep'],
      'error: --rm and --keep exclude each other\n  hint: see the --help of the command\n',
    ],
    [
      ['run', 'x', '--pull', 'often'],
      "error: 'often' for --pull is not one of its values\n  hint: it is missing, always, never\n",
    ],
    [['push', 'UPPER'], /^error: .*'UPPER'/],
    [['run', 'iris', '--base-image', 'b'], /^error: --base-image is for a model, and 'iris' is an image\n/],
    [
      ['run', 'iris', '--handler', 'handler.py'],
      "error: --handler is for a model, and 'iris' is an image\n  hint: the folder of a model is written with a slash, such as ./model\n",
    ],
    ...['build ./m -t x', 'generate ./m -o out', 'run ./m'].flatMap((line) => [
      [
        [...line.split(' '), '--handler', 'handler.txt'],
        "error: the handler 'handler.txt' is not a .py file\n  hint: --handler takes a Python file with pre(inputs), post(predictions) or both\n",
      ] as const,
      [
        [...line.split(' '), '--handler', 'none.py'],
        "error: 'none.py' cannot be read: there is no such file\n  hint: name a file that exists and that you may read\n",
      ] as const,
    ]),
    [
      ['--progress', 'loud', 'push', 'x'],
      "error: 'loud' for --progress is not one of its values\n  hint: it is auto, tty, plain, json, quiet\n",
    ],
  ] as const)('%j', async (argv, stderr) => {
    const ran = await caisson(argv);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(stderr);
  });

  it('is told as JSON where JSON was asked for', async () => {
    const { exitCode, stderr } = await caisson(['--progress', 'json', 'push']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ v: 1, type: 'error', code: 'USAGE', exitCode: 2 });
  });
});

describe('variables', () => {
  it('set options, flags win, and a wrong value names the variable', async () => {
    const environment = { CAISSON_PROGRESS: 'json' };
    expect((await caisson(['push'], { environment })).stderr).toMatch(/^\{/);
    expect((await caisson(['push', '--progress', 'plain'], { environment })).stderr).toMatch(/^error/);
    const wrong = await caisson(['run', 'x'], { environment: { CAISSON_PULL: 'often' } });
    expect(wrong.stderr).toContain("'often' for CAISSON_PULL is not one of its values");
  });

  it('that are empty count as absent', async () => {
    expect((await caisson(['push'], { environment: { CAISSON_PROGRESS: '' } })).stderr).toMatch(
      /^error: missing/,
    );
  });
});

describe('what was interrupted', () => {
  it('ends with the exit code of its signal, whatever broke on the way', async () => {
    const aborted = AbortSignal.abort(new CaissonError('TERMINATED', 'terminated by SIGTERM'));
    expect(await caisson(['push', 'iris'], { signal: aborted })).toEqual({
      exitCode: 143,
      stdout: '',
      stderr: 'terminated by SIGTERM\n',
    });
  });
});

describe('--verbose', () => {
  it('shows where an error comes from', async () => {
    expect((await caisson(['push', 'iris'])).stderr).not.toContain('    at ');
    expect((await caisson(['push', 'iris', '--verbose'])).stderr).toContain('    at ');
  });
});
