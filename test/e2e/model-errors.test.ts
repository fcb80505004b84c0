import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Account } from '../support/e2e/caisson.ts';
import { hasLogin, openGate } from '../support/e2e/gate.ts';
import { FIXTURE_STORE, fixtureIds, ROOT, serverIds, testPart } from '../support/environment.ts';

let account: Account;

beforeAll(() => {
  account = new Account();
  mkdirSync(join(account.work, 'empty'));
  cpSync(`${ROOT}/fixtures/models/mlflow3-iris-tensor`, join(account.work, 'broken'), { recursive: true });
  writeFileSync(join(account.work, 'broken/MLmodel'), 'flavors:\n  python_function: {env: [\n');
});

afterAll(() => {
  account.remove();
});

/** One error, in the house's form, and nothing on stdout or on the disk. */
async function expectError(
  args: readonly string[],
  expected: { readonly code: number; readonly message: RegExp; readonly hint?: RegExp },
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, stdout, stderr } = await account.run(args, variables);
  expect(stderr).toMatch(expected.message);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at /);
  if (expected.hint !== undefined) expect(stderr).toMatch(expected.hint);
  expect({ code, stdout }).toEqual({ code: expected.code, stdout: '' });
  expect(account.leftovers()).toEqual([]);
}

const generate = (model: string): string[] => ['generate', model, '-o', 'out'];
const missing = { code: 3 } as const;

describe.each([
  ['a sqlite store', { MLFLOW_TRACKING_URI: FIXTURE_STORE }],
  ['a tracking server', { MLFLOW_TRACKING_URI: process.env['CAISSON_TEST_TRACKING_URI'] ?? '' }],
])('what is not in %s', (_store, variables) => {
  it.each([
    ['run', `runs:/${'0'.repeat(32)}/iris_model`, /error: .*0{32}/],
    ['version', 'models:/iris/7', /error: .*7/],
    ['alias', 'models:/iris@challenger', /error: .*challenger/],
    ['stage', 'models:/iris/Staging', /error: .*Staging/i],
    ['registered model', 'models:/tulip/1', /error: .*tulip/],
    ['logged model', `models:/m-${'0'.repeat(32)}`, /error: .*m-0{32}/],
  ])('unknown %s', async (_what, model, message) => {
    await expectError(generate(model), { ...missing, message, hint: /^ {2}hint: /m }, variables);
  });

  it('a run without a model of that name', async () => {
    const { runId } = variables.MLFLOW_TRACKING_URI === FIXTURE_STORE ? fixtureIds() : serverIds();
    await expectError(generate(`runs:/${runId}/rose`), { ...missing, message: /error: .*rose/ }, variables);
  });
});

describe('a folder', () => {
  it('without an MLmodel', () =>
    expectError(generate('./empty'), { ...missing, message: /error: .*MLmodel/ }));
  it('that does not exist', () =>
    expectError(generate('./nowhere'), { ...missing, message: /error: .*nowhere/ }));
  it('with a broken MLmodel', () =>
    expectError(generate('./broken'), { ...missing, message: /error: .*MLmodel/ }));
});

describe('a model URI', () => {
  it('with ..', () =>
    expectError(generate(`runs:/${fixtureIds().runId}/../secret`), { ...missing, message: /error: .*\.\./ }));
  it('of a scheme that is not read', () =>
    expectError(generate('hdfs://host/model'), { ...missing, message: /error: .*'hdfs:'/ }));
  it('of a store whose library is not installed', () =>
    expectError(generate('s3://bucket/model'), {
      code: 2,
      message: /error: .*'@aws-sdk\/client-s3' is not installed/,
      hint: /npm install @aws-sdk\/client-s3/,
    }));
});

describe('a tracking server', () => {
  it('that does not run', () =>
    expectError(
      generate('models:/iris/1'),
      { ...missing, message: /error: .*127\.0\.0\.1:9/ },
      { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' },
    ));

  it('that wants a login takes the one of MLFLOW_TRACKING_USERNAME and _PASSWORD, and no other', async () => {
    const gate = await openGate(testPart('trackingUri'), (request) => {
      if (hasLogin(request, 'ada', 'lovelace-1843')) return 'pass';
      return { status: request.headers.authorization === undefined ? 401 : 403 };
    });
    const login = (password: string): Record<string, string> => ({
      MLFLOW_TRACKING_URI: gate.url,
      MLFLOW_TRACKING_USERNAME: 'ada',
      MLFLOW_TRACKING_PASSWORD: password,
    });
    try {
      const nobody = { MLFLOW_TRACKING_URI: gate.url };
      await expectError(generate('models:/iris/1'), { ...missing, message: /error: .*401/s }, nobody);
      await expectError(
        generate('models:/iris/1'),
        { ...missing, message: /error: .*403/s },
        login('wrong-one'),
      );
      const allowed = await account.run(generate('models:/iris/1'), login('lovelace-1843'));
      expect(allowed.code).toBe(0);
      expect(allowed.stderr).not.toContain('lovelace');
    } finally {
      await gate.close();
    }
  });
});
