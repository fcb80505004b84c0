import { describe, expect, it } from 'vitest';
import { selfTest } from '../../../src/actions/self-test.ts';
import { readFailure } from '../../../src/actions/self-test/outcomes.ts';
import type { SelfTestRequest, SelfTestResult } from '../../../src/actions/self-test/request.ts';
import type { Subject } from '../../../src/actions/self-test/subject.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { ContainerSpec, ExecResult } from '../../../src/engine/port.ts';
import { recordedWork, testPorts, type RecordedWork, type TestPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import type { FakeProgram } from '../../support/fake-container.ts';

const REQUEST: SelfTestRequest = { networkMode: 'none', env: {}, timeoutMs: 2000, requests: [] };
const READY = {
  stream: 'stderr',
  line: 'caisson ready {"port":8000,"load_seconds":1.25,"model_folder":"/opt/ml/model"}',
} as const;
const ANSWERED = {
  source: 'saved_example',
  path: '/invocations',
  status: 200,
  milliseconds: 2,
  problem: null,
};
const REFUSED = {
  ...{ source: 'saved_example', path: '/invocations', status: 400, milliseconds: 2 },
  ...{ problem: 'status 400 instead of 200', request: '{"inputs": [1]}', answer: '{"error": "no"}' },
};

const YOURS = { source: 'yours', path: '/invocations', status: 200, milliseconds: 3 };

interface Scene {
  readonly ports: TestPorts;
  readonly work: RecordedWork;
  readonly go: (
    request?: Partial<SelfTestRequest>,
    more?: Partial<Subject> & { readonly cache?: 'use' | 'ignore' },
  ) => Promise<SelfTestResult>;
}

const reports = (...asked: readonly object[]): Partial<ExecResult> => ({
  stdout: `${JSON.stringify({ asked, memory_bytes: 100 * 1024 * 1024 })}\n`,
});
const serves = (answer: Partial<ExecResult>): FakeProgram => ({
  lines: [READY],
  end: 'when-stopped',
  exec: () => answer,
});
const fails = (...lines: readonly string[]): FakeProgram => ({
  lines: lines.map((line) => ({ stream: 'stderr', line })),
  end: { exitCode: 1 },
});

function scene(program: FakeProgram, user = '10001:0'): Scene {
  const ports = testPorts();
  const { imageId } = ports.engine.addImage('iris:1', { program: () => program, user });
  const work = recordedWork();
  return {
    ports,
    work,
    go: (request = {}, { cache = 'use', ...more } = {}) =>
      selfTest(
        {
          subject: {
            ...{ imageId, name: 'iris:1', modelSource: 'baked', variables: [], declaredVariables: [] },
            ...{ proxies: { HTTP_PROXY: 'http://proxy' }, afterFailure: 'stays' as const },
            ...more,
          },
          request: { ...REQUEST, ...request },
          cache,
        },
        ports,
        work,
      ),
  };
}

const startsOf = ({ ports }: Scene): ContainerSpec[] =>
  ports.engine.calls
    .filter(({ method }) => method === 'start')
    .map(({ argument }) => argument as ContainerSpec);
const warnings = ({ work }: Scene): string[] =>
  work.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));

describe('a self-test', () => {
  it('passes, measures, and leaves no container', async () => {
    const played = scene(serves(reports(ANSWERED)));
    expect(await played.go()).toEqual({
      outcome: 'passed',
      tested: 'now',
      loadSeconds: 1.25,
      memoryBytes: 100 * 1024 * 1024,
      requests: [{ source: 'saved_example', path: '/invocations', status: 200, milliseconds: 2 }],
    });
    expect(played.work.events).toContainEqual({
      ...{ type: 'step.end', step: 'self-test', outcome: 'done' },
      note: 'passed, ready in 1.3 s, 100 MiB, 1 request',
    });
    expect(played.ports.engine.containers.size).toBe(0);
  });

  it('takes everything away from the container that it can do without', async () => {
    const played = scene(serves(reports()));
    await played.go();
    expect(startsOf(played)).toEqual([
      expect.objectContaining({
        ...{ networkMode: 'none', rootFileSystem: 'read-only', capDrop: ['ALL'] },
        ...{ securityOptions: ['no-new-privileges'], ports: [], volumes: [], command: [], env: {} },
      }),
    ]);
  });

  it('runs an image of root as an ordinary user, and says so', async () => {
    for (const user of ['', '0', 'root', '0:0', '00:10']) {
      const played = scene(serves(reports()), user);
      await played.go();
      expect(startsOf(played)[0]?.user, user).toBe('10001:0');
      expect(warnings(played)).toContainEqual(expect.stringContaining('runs as root'));
    }
    const played = scene(serves(reports()), '1000');
    await played.go();
    expect(startsOf(played)[0]).not.toHaveProperty('user');
  });

  it('remembers a failure until the image passes', async () => {
    const failing = scene({ lines: [], end: { exitCode: 1 } });
    await rejection(failing.go());
    const { imageId } = (await failing.ports.engine.inspectImage('iris:1'))!;
    expect(await readFailure(failing.ports.keepsakes, imageId)).toBeDefined();
    const held = failing.ports.engine.images.get(imageId)!;
    failing.ports.engine.images.set(imageId, { ...held, program: () => serves(reports()) });
    await failing.go();
    expect(await readFailure(failing.ports.keepsakes, imageId)).toBeUndefined();
  });

  it('remembers a failure also when a later test can say nothing', async () => {
    const failing = scene({ lines: [], end: { exitCode: 1 } });
    await rejection(failing.go());
    const { imageId } = (await failing.ports.engine.inspectImage('iris:1'))!;
    const undecided = await failing.go({}, { declaredVariables: ['API_KEY'] }).catch(() => undefined);
    expect(undecided?.outcome).not.toBe('passed');
    expect(await readFailure(failing.ports.keepsakes, imageId)).toBeDefined();
  });

  it('gives it what the user opens up', async () => {
    const played = scene(serves(reports()));
    const env = { STORE: 'http://host.docker.internal:5000', HTTP_PROXY: 'http://mine' };
    await played.go({ networkMode: 'bridge', env, memoryBytes: 5 });
    expect(startsOf(played)[0]).toMatchObject({
      ...{ networkMode: 'bridge', env, limits: { memoryBytes: 5, memorySwapBytes: 5 } },
      extraHosts: ['host.docker.internal:host-gateway'],
    });
  });

  it('hands over where to ask and what, each request as it was written', async () => {
    let given: readonly string[] = [];
    const played = scene({
      ...serves({}),
      exec: ({ stdin }) => {
        given = stdin.split('\n');
        return reports(YOURS);
      },
    });
    await played.go({ requests: ['{"inputs": [1.0, 12345678901234567890]}'] });
    expect(given.slice(1)).toEqual(['{"inputs": [1.0, 12345678901234567890]}', '']);
    expect(JSON.parse(given[0] ?? '')).toEqual({
      ...{ port: 8000, model_folder: '/opt/ml/model', seconds: 2, requests: 1 },
    });
  });

  it('fails when the image does not tell of every request of the user', async () => {
    const played = scene(serves(reports(YOURS)));
    const error = await rejection(played.go({ requests: ['{"inputs": [1]}', '{"inputs": [2]}'] }));
    expect(error.code).toBe('SELF_TEST_FAILED');
    expect(error.message).toContain('the image tells of 1 of your 2 requests');
  });

  it('fails with what was asked, what was answered and the log', async () => {
    const played = scene({
      ...serves(reports(ANSWERED, REFUSED)),
      lines: [READY, { stream: 'stderr', line: 'oh no' }],
    });
    const error = await rejection(played.go());
    expect(error.code).toBe('SELF_TEST_FAILED');
    expect(error.exitCode).toBe(8);
    expect(error.message).toContain("'iris:1' is built and stays in the engine");
    expect(error.message).toContain("the model's input example to /invocations: status 400 instead of 200");
    for (const part of ['POST /invocations', '{"inputs": [1]}', 'answered: 400', '{"error": "no"}', 'oh no'])
      expect(error.detail).toContain(part);
    expect(played.work.events).toContainEqual(
      expect.objectContaining({ type: 'step.end', step: 'self-test', outcome: 'failed' }),
    );
    expect(played.ports.engine.containers.size).toBe(0);
  });

  it('fails when the server does not start, hangs, or dies under the questions', async () => {
    const reason = 'caisson failed: StartupError: this is wrong';
    const ended = await rejection(scene(fails('x', reason)).go());
    expect(ended).toMatchObject({ code: 'SELF_TEST_FAILED', detail: expect.stringContaining(reason) });
    expect(ended.message).toContain('StartupError: this is wrong');
    const hangs = await rejection(scene({ lines: [], end: 'when-stopped' }).go({ timeoutMs: 20 }));
    expect(hangs).toMatchObject({
      code: 'SELF_TEST_FAILED',
      hint: expect.stringContaining('--self-test-timeout'),
    });
    const died = scene({
      ...serves({}),
      exec: (_, container) => {
        container.end({ exitCode: 137, outOfMemory: true });
        return { exitCode: 137 };
      },
    });
    expect(await rejection(died.go())).toMatchObject({
      ...{ code: 'SELF_TEST_FAILED', hint: expect.stringContaining('--self-test-memory') },
    });
  });

  it('suggests what mends the image', async () => {
    const lacks = fails("caisson failed: ModuleNotFoundError: No module named 'mlflow.gateway'");
    expect((await rejection(scene(lacks).go())).hint).toContain('--full-mlflow');
  });

  it('warns when it can say nothing here, and asks again the next time', async () => {
    const played = scene(fails('RuntimeError: No CUDA GPUs are available'));
    const expected = { outcome: 'not-runnable', reason: 'the model needs a GPU' };
    expect(await played.go()).toEqual(expected);
    expect(await played.go()).toEqual(expected);
    expect(warnings(played)).toHaveLength(2);
    expect(startsOf(played)).toHaveLength(2);
  });

  it('cannot test a model without the variables that it declares, unless it works all the same', async () => {
    const declares = { declaredVariables: ['A_KEY', 'B_KEY', 'C_KEY'], variables: ['B_KEY'] };
    expect(await scene(serves(reports(REFUSED))).go({ env: { C_KEY: 'x' } }, declares)).toEqual({
      ...{ outcome: 'not-runnable', reason: 'the model declares A_KEY, which is not set' },
    });
    expect(await scene(serves(reports(ANSWERED))).go({}, declares)).toMatchObject({ outcome: 'passed' });
  });

  it('does not hold a guess against the model, unless the image lacks something', async () => {
    const guess = { ...REFUSED, source: 'guess' };
    const played = scene(serves(reports(guess)));
    expect(await played.go()).toMatchObject({
      outcome: 'passed',
      requests: [{ source: 'guess', status: 400 }],
    });
    expect(warnings(played)).toEqual([expect.stringContaining('cannot tell whether the model predicts')]);
    const lacking = {
      ...serves(reports(guess)),
      lines: [READY, { stream: 'stderr', line: "ModuleNotFoundError: No module named 'x'" }],
    } as const;
    expect((await rejection(scene(lacking).go())).hint).toContain('--requirement x');
  });

  it('lets the container go when it is interrupted', async () => {
    const played = scene({ lines: [], end: 'when-stopped' });
    const going = rejection(played.go());
    setTimeout(() => {
      played.work.abort(new CaissonError('INTERRUPTED', 'interrupted'));
    }, 20);
    expect((await going).code).toBe('INTERRUPTED');
    expect(played.ports.engine.containers.size).toBe(0);
  });
});

describe('an image that passed', () => {
  it('is not tested again', async () => {
    const played = scene(serves(reports(ANSWERED)));
    const first = await played.go();
    expect(await played.go()).toEqual({ ...first, tested: 'before' });
    expect(startsOf(played)).toHaveLength(1);
    expect(played.work.events.at(-1)).toEqual({
      ...{ type: 'note', message: 'self-test: passed before (ready in 1.3 s, 100 MiB, 1 request)' },
    });
  });

  it.each<[string, Partial<SelfTestRequest>]>([
    ['requests', { requests: ['{"inputs": 1}'] }],
    ['variables', { env: { KEY: 'x' } }],
    ['memory', { memoryBytes: 10_000_000 }],
    ['network', { networkMode: 'bridge' }],
  ])('is tested again with other %s', async (_, other) => {
    const yours = (stdin: string) => stdin.trimEnd().split('\n').slice(1);
    const exec: FakeProgram['exec'] = ({ stdin }) => reports(ANSWERED, ...yours(stdin).map(() => YOURS));
    const played = scene({ ...serves({}), exec });
    await played.go();
    expect(await played.go(other)).toMatchObject({ tested: 'now' });
  });

  it('is tested again without the cache, and when what was kept is broken', async () => {
    const played = scene(serves(reports(ANSWERED)));
    await played.go();
    expect(await played.go({}, { cache: 'ignore' })).toMatchObject({ tested: 'now' });
    const broken = scene(serves(reports(ANSWERED)));
    const keepsakes = { ...broken.ports.keepsakes, read: () => Promise.resolve('{"requests') };
    Object.assign(broken.ports, { keepsakes });
    expect(await broken.go()).toMatchObject({ tested: 'now' });
  });

  it('is not what failed', async () => {
    const played = scene(serves(reports(REFUSED)));
    await rejection(played.go());
    await rejection(played.go());
    expect(startsOf(played)).toHaveLength(2);
  });
});

describe('an image that loads its model at the start', () => {
  const asks = fails('caisson failed: Please set the MLFLOW_MODEL_URI environment variable');
  const loadAtStart = { modelSource: 'load-at-start', variables: ['MLFLOW_MODEL_URI'] } as const;

  it('has passed when it asks for one', async () => {
    const played = scene(asks);
    expect(await played.go({}, loadAtStart)).toEqual({ outcome: 'passed', tested: 'now', requests: [] });
    expect(startsOf(played)[0]?.env).toEqual({ MLFLOW_MODEL_URI: '' });
  });

  it('is tested in earnest with a model and a way to it', async () => {
    const played = scene(serves(reports(ANSWERED)));
    await played.go({ networkMode: 'bridge' }, loadAtStart);
    expect(startsOf(played)[0]?.env).toEqual({ HTTP_PROXY: 'http://proxy' });
    expect((await rejection(scene(asks).go({ networkMode: 'bridge' }, loadAtStart))).code).toBe(
      'SELF_TEST_FAILED',
    );
  });
});
