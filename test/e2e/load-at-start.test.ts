import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../support/e2e/caisson.ts';
import { buildImage, containerIds, curl, FLOWER } from '../support/e2e/engine.ts';
import { serverIds, testPart } from '../support/environment.ts';

const IMAGE = 'caisson-test/load-at-start:1';

let account: Account;
let iris: string;

beforeAll(async () => {
  account = new Account({ MLFLOW_TRACKING_URI: testPart('trackingUri') });
  iris = `runs:/${serverIds().runId}/iris_model`;
  await buildImage(account, iris, '-t', IMAGE, '--load-at-start');
});

afterAll(() => {
  account.remove();
});

describe('an image built with --load-at-start', () => {
  it('loads the model that MLFLOW_MODEL_URI names from a real tracking server', async () => {
    const args = ['run', IMAGE, '-p', '127.0.0.1:15011:5001', '-e', `MLFLOW_MODEL_URI=models:/iris@champion`];
    const running = account.start(args);
    await running.waitFor(/http:\/\/127\.0\.0\.1:15011/);
    const answer = await curl('http://127.0.0.1:15011/predict', FLOWER);
    expect({ ...answer, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 200,
      body: { predictions: [0] },
    });
    running.process.kill('SIGINT');
    await running.result;
  });

  it('ends with the sentence that names the variable when it is absent', async () => {
    const before = await containerIds();
    const { code, stderr } = await account.run(['run', IMAGE, '-p', '127.0.0.1:15012:5001']);
    expect(code).toBe(9);
    expect(stderr).toContain('Please set the MLFLOW_MODEL_URI environment variable');
    expect(await containerIds()).toEqual(before);
  });
});
