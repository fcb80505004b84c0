import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Account, type RunningCommand } from '../support/e2e/caisson.ts';
import {
  baseOptions,
  buildImage,
  containerIds,
  danglingImages,
  hasImage,
  testEngine,
} from '../support/e2e/engine.ts';
import { openGate } from '../support/e2e/gate.ts';
import { fixtureIds, testPart } from '../support/environment.ts';

const IRIS = `runs:/${fixtureIds().runId}/iris_model`;
const IMAGE = 'caisson-test/iris:1';

let account: Account;
let before: { containers: string[]; dangling: string[] };

const state = async (): Promise<typeof before> => ({
  containers: await containerIds(),
  dangling: await danglingImages(),
});

beforeAll(async () => {
  account = new Account();
  await buildImage(account, IRIS, '-t', IMAGE);
});
beforeEach(async () => {
  before = await state();
});
afterEach(async () => {
  expect(await state()).toEqual(before);
  expect(account.leftovers()).toEqual([]);
});
afterAll(() => {
  account.remove();
});

/** Presses Ctrl-C and waits for the end, which must come soon. */
async function interrupt(command: RunningCommand): Promise<void> {
  const start = performance.now();
  command.process.kill('SIGINT');
  const { code, stdout, stderr } = await command.result;
  expect(stderr).toContain('interrupted');
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(performance.now() - start).toBeLessThan(15_000);
}

describe('Ctrl-C leaves nothing behind', () => {
  it('during a download', async () => {
    const gate = await openGate(testPart('trackingUri'), ({ url }) =>
      url?.includes('mlflow-artifacts/artifacts/') === true && url.includes('model.') ? 'hold' : 'pass',
    );
    try {
      const command = account.start(['build-image', 'models:/iris/1', '-t', 'caisson-test/never:1'], {
        MLFLOW_TRACKING_URI: gate.url,
      });
      await Promise.race([gate.held, command.waitFor(/never to be seen/)]);
      await interrupt(command);
    } finally {
      await gate.close();
    }
    expect(await hasImage('caisson-test/never:1')).toBe(false);
  });

  it('during a build', async () => {
    const args = ['build-image', IRIS, '-t', 'caisson-test/never:1', '--no-cache', '--progress', 'plain'];
    const command = account.start([...args, ...baseOptions()]);
    await command.waitFor(/uv/);
    await sleep(1500); // a step is at work in the engine
    await interrupt(command);
    await sleep(3000);
    expect(await hasImage('caisson-test/never:1')).toBe(false);
  });

  it('during a push', async () => {
    const gate = await openGate(undefined, () => 'hold');
    const image = `localhost:${new URL(gate.url).port}/e2e/held:1`;
    try {
      await testEngine()
        .getImage(IMAGE)
        .tag({ repo: image.replace(/:1$/, ''), tag: '1' });
      const command = account.start(['push', image]);
      await Promise.race([gate.held, command.waitFor(/never to be seen/)]);
      await interrupt(command);
    } finally {
      await testEngine().getImage(image).remove();
      await gate.close();
    }
  });

  it('while a container starts', async () => {
    const command = account.start([
      'run',
      IMAGE,
      '-p',
      '127.0.0.1:15031:5001',
      '--name',
      'caisson-test-starting',
    ]);
    const container = testEngine().getContainer('caisson-test-starting');
    while (
      !(await container.inspect().then(
        ({ State }) => State.Running,
        () => false,
      ))
    )
      await sleep(20);
    await interrupt(command);
  });
});
