import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { EngineProbe } from '../../support/engine-probe.ts';
import { ROOT, testCa } from '../../support/environment.ts';
import { TEST_ENGINE } from '../../support/test-engine.ts';
import { suiteFolder, writeTree } from '../../support/test-folders.ts';
import { recordedStream, textSink } from '../../support/text-sink.ts';

const missing = TEST_ENGINE.host === undefined || TEST_ENGINE.baseImage === undefined;
const IRIS = join(ROOT, 'fixtures/models/mlflow3-iris-columns');
const SECRET = 'a-key-of-a-service-7391';
const FLOWER = '{"inputs": [[5.1, 3.5, 1.4, 0.2]], "expected": [0]}\n';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A model of Python code, with the requirements of the iris model: all images share their layers. */
function codeModel(code: string, more = ''): Readonly<Record<string, string>> {
  const requirements = readFileSync(join(IRIS, 'requirements.txt'), 'utf8');
  return {
    MLmodel: `flavors:
  python_function:
    env: {virtualenv: python_env.yaml}
    loader_module: own_loader
    code: code
    python_version: 3.11.7
mlflow_version: 3.17.2
${more}`,
    'python_env.yaml': readFileSync(join(IRIS, 'python_env.yaml'), 'utf8'),
    'requirements.txt': requirements,
    'code/own_loader.py': `import os\nclass Model:\n    def predict(self, model_input, params=None):\n        ${code}\ndef _load_pyfunc(path):\n    return Model()\n`,
  };
}

const NUMBERS = `signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
`;
const WORDS = `signature:
  inputs: '[{"type": "string", "name": "a", "required": true}]'
`;

describe.skipIf(missing)(missing ? 'the self-test (skipped: no engine)' : 'the self-test', () => {
  const folder = suiteFolder();
  const run = randomBytes(4).toString('hex');
  let probe: EngineProbe;
  let before: readonly string[];

  beforeAll(async () => {
    probe = await EngineProbe.open();
    before = await probe.containers();
    cpSync(IRIS, join(folder.path, 'iris'), { recursive: true });
  });

  afterAll(async () => {
    await probe.removeImages(new RegExp(`^caisson-test/self-test:${run}-`));
  });

  async function build(model: string, ...options: readonly string[]): Promise<Ran> {
    const [stdout, stderr] = [textSink(), recordedStream()];
    const ca = testCa();
    const tag = `caisson-test/self-test:${run}-${model}`;
    const base = [
      '--base-image',
      TEST_ENGINE.baseImage ?? '',
      ...(ca === undefined ? [] : ['--ca-cert', ca]),
    ];
    const exitCode = await runCli({
      argv: ['build-image', `./${model}`, '-t', tag, '--output', 'json', ...base, ...options],
      environment: {
        DOCKER_HOST: TEST_ENGINE.host ?? '',
        HOME: folder.path,
        XDG_CACHE_HOME: join(folder.path, 'cache'),
        SERVICE_KEY: SECRET,
      },
      workingFolder: folder.path,
      version: '1.2.3',
      stdout,
      stderr,
      signal: new AbortController().signal,
    });
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  const selfTestOf = ({ stdout, stderr }: Ran): unknown => {
    expect(stdout, stderr).not.toBe('');
    return (JSON.parse(stdout) as { readonly selfTest: unknown }).selfTest;
  };

  it('passes a model that answers its own example, and leaves no container', async () => {
    const passed = await build('iris');
    expect(selfTestOf(passed)).toEqual({
      outcome: 'passed',
      tested: 'now',
      loadSeconds: expect.any(Number),
      memoryBytes: expect.any(Number),
      requests: [
        { source: 'saved_example', path: '/invocations', status: 200, milliseconds: expect.any(Number) },
      ],
    });
    expect(passed.stderr).toMatch(/self-test: done in .* \(passed, ready in [\d.]+ s, \d+ MiB, 1 request\)/);
    expect(await probe.containers()).toEqual(before);
  });

  it('does not test an image again that has passed, unless without the cache of the build', async () => {
    const again = await build('iris');
    expect(selfTestOf(again)).toMatchObject({ outcome: 'passed', tested: 'before' });
    expect(again.stderr).toContain('self-test: passed before (ready in ');
    expect(selfTestOf(await build('iris', '--self-test-memory', '1g'))).toMatchObject({ tested: 'now' });
  });

  it('asks what the user asks, and ends with 8 when the answer is another', async () => {
    writeTree(folder.path, {
      'right.jsonl': FLOWER,
      'wrong.jsonl': `${FLOWER}\n{"inputs": [[5.1, 3.5, 1.4, 0.2]], "expected": [2]}\n`,
    });
    expect(selfTestOf(await build('iris', '--self-test', 'right.jsonl'))).toMatchObject({
      outcome: 'passed',
      requests: [{ source: 'saved_example' }, { source: 'yours', path: '/predict', status: 200 }],
    });
    const wrong = await build('iris', '--self-test', 'wrong.jsonl', '--push');
    expect(wrong.exitCode).toBe(8);
    expect(wrong.stdout).toBe('');
    expect(wrong.stderr).toContain('your request to /predict: predictions[0] is 0 instead of 2');
    expect(wrong.stderr).toContain('{"inputs": [[5.1, 3.5, 1.4, 0.2]]}');
    expect(wrong.stderr).toContain('is built and stays in the engine');
    // the registry of the tag is not there: a push would have been another error
    expect(wrong.stderr).not.toContain('pushing');
    expect(await probe.containers()).toEqual(before);
  });

  it('is skipped when told so', async () => {
    expect(selfTestOf(await build('iris', '--no-self-test'))).toEqual({ outcome: 'skipped' });
  });

  it('fails a model that raises, with the log', async () => {
    writeTree(join(folder.path, 'raises'), codeModel('raise ValueError("cannot do this")', NUMBERS));
    const failed = await build('raises');
    expect(failed.exitCode).toBe(8);
    expect(failed.stderr).toContain("a request made from the model's signature to /invocations: status 400");
    expect(failed.stderr).toContain('ValueError: cannot do this');
  });

  it('does not hold a made-up word against a model', async () => {
    writeTree(join(folder.path, 'words'), codeModel('raise ValueError("never met")', WORDS));
    const passed = await build('words');
    expect(selfTestOf(passed)).toMatchObject({
      outcome: 'passed',
      requests: [{ source: 'guess', status: 400 }],
    });
    expect(passed.stderr).toContain('warning: the self-test cannot tell whether the model predicts');
  });

  it('names the option that adds a missing module, at the start and later', async () => {
    writeTree(join(folder.path, 'lacks'), codeModel('import cv2', WORDS));
    const later = await build('lacks');
    expect(later.exitCode).toBe(8);
    expect(later.stderr).toContain('--requirement opencv-python-headless');
    const files = codeModel('pass');
    const loader = { 'code/own_loader.py': 'import mlflow.no_such_part\n' };
    writeTree(join(folder.path, 'lacks-mlflow'), { ...files, ...loader });
    const atStart = await build('lacks-mlflow');
    expect(atStart.exitCode).toBe(8);
    expect(atStart.stderr).toContain("No module named 'mlflow.no_such_part'");
    expect(atStart.stderr).toContain('--full-mlflow');
  });

  it('runs with nothing: no network, a read-only root, no capabilities', async () => {
    const code = [
      'import socket, tempfile',
      'assert os.getuid() == 10001',
      'assert os.listdir("/sys/class/net") == ["lo"]',
      'assert "CapEff:\\t0000000000000000" in open("/proc/self/status").read()',
      'tempfile.TemporaryFile().write(b"x")',
      'assert not os.access("/opt/caisson", os.W_OK) and os.statvfs("/").f_flag & os.ST_RDONLY',
      'return [1]',
    ].join('\n        ');
    writeTree(join(folder.path, 'looks'), codeModel(code, NUMBERS));
    expect(selfTestOf(await build('looks'))).toMatchObject({ outcome: 'passed' });
  });

  it('cannot test a model without the variables that it declares, and does with them, in secret', async () => {
    const code = 'print(os.environ["SERVICE_KEY"], flush=True); return [1]';
    writeTree(join(folder.path, 'declares'), codeModel(code, `${NUMBERS}env_vars: [SERVICE_KEY]\n`));
    const untested = await build('declares');
    expect(selfTestOf(untested)).toEqual({
      outcome: 'not-runnable',
      reason: 'the model declares SERVICE_KEY, which is not set',
    });
    expect(untested.stderr).toContain('warning: the self-test cannot run here');
    const tested = await build('declares', '--self-test-env', 'SERVICE_KEY');
    expect(selfTestOf(tested)).toMatchObject({ outcome: 'passed' });
    expect(tested.stderr).toContain('[redacted]');
    expect(tested.stdout + tested.stderr).not.toContain(SECRET);
  });

  it('tells when the memory was not enough', async () => {
    writeTree(join(folder.path, 'greedy'), codeModel('return [len(b"x" * 10**9)]', NUMBERS));
    const failed = await build('greedy', '--self-test-memory', '400m');
    expect(failed.exitCode).toBe(8);
    expect(failed.stderr).toContain('--self-test-memory');
  });

  it('sees that an image without a model asks for one', async () => {
    const passed = await build('iris', '--load-at-start');
    expect(selfTestOf(passed)).toEqual({ outcome: 'passed', tested: 'now', requests: [] });
    expect(passed.stderr).toContain('asks for MLFLOW_MODEL_URI');
  });
});
