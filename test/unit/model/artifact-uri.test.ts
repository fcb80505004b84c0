import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { ARTIFACT_SCHEMES, type ArtifactScheme } from '../../../src/model/artifact-uri.ts';
import { formatModelUri, parseModelUri } from '../../../src/model/model-uri.ts';

function refusal(text: string): string | undefined {
  try {
    parseModelUri(text);
    return undefined;
  } catch (error) {
    if (isCaissonError(error) && error.code === 'MODEL_URI_INVALID') return error.message;
    throw error;
  }
}

describe('the address of a place', () => {
  it.each([
    ['s3://bucket/a/b', 's3', 's3://bucket/a/b'],
    ['S3://bucket', 's3', 's3://bucket'],
    ['gs://bucket/a%20b/', 'gs', 'gs://bucket/a%20b'],
    ['wasbs://c@a.blob.core.windows.net/x', 'wasbs', 'wasbs://c@a.blob.core.windows.net/x'],
    ['abfss://c@a.dfs.core.windows.net/x', 'abfss', 'abfss://c@a.dfs.core.windows.net/x'],
    ['dbfs:/a/b', 'dbfs', 'dbfs:/a/b'],
    ['dbfs://prod@databricks/a', 'dbfs', 'dbfs://prod@databricks/a'],
    ['http://host:8080/a', 'http', 'http://host:8080/a'],
    ['https://[::1]:8443/a', 'https', 'https://[::1]:8443/a'],
    ['mlflow-artifacts:/1/a', 'mlflow-artifacts', 'mlflow-artifacts:/1/a'],
    ['mlflow-artifacts:////host:1/a', 'mlflow-artifacts', 'mlflow-artifacts:/host:1/a'],
    ['sftp:////host/a', 'sftp', 'sftp:/host/a'],
    ['mlflow-artifacts://host:5000/1/a', 'mlflow-artifacts', 'mlflow-artifacts://host:5000/1/a'],
  ])('%s', (text, scheme, uri) => {
    expect(parseModelUri(text)).toEqual({ kind: 'artifact', scheme, uri });
  });

  it.each(['sftp', 'http', 'https'])('keeps the login of %s: apart', (scheme) => {
    expect(parseModelUri(`${scheme}://me:p%40ss:w@host/x`)).toEqual({
      ...{ kind: 'artifact', scheme, uri: `${scheme}://host/x` },
      login: { username: 'me', password: 'p@ss:w' },
    });
    expect(parseModelUri(`${scheme}://me@host/x`)).toMatchObject({ login: { username: 'me' } });
  });

  it.each([
    's3:bucket',
    's3:/bucket/x',
    's3://user@bucket/x',
    's3://bucket/../x',
    's3://bucket/%2e%2e/x',
    's3://bucket/a?versionId=1',
    's3://bucket/a#b',
    'gs://',
    'wasbs://account.blob.core.windows.net/x',
    'abfss://@a/x',
    'dbfs:',
    'dbfs:a',
    'dbfs://other/a',
    'http:///x',
    'http://ho st/x',
    'mlflow-artifacts:',
    'mlflow-artifacts://',
    's3://-a/x',
    'abfss://c@account.example.com/x',
    'sftp://-oProxyCommand=id/x',
    'sftp://host:99999/x',
  ])('refuses %s', (text) => {
    expect(refusal(text)).toBeDefined();
  });

  it('repeats no secret of what it refuses', () => {
    const written = fc.tuple(
      fc.constantFrom(...ARTIFACT_SCHEMES),
      fc.constantFrom(
        '://me:hushhush@host/x?',
        '://host/x?sig=hushhush',
        '://me:hush?hushhush@host/x',
        '://me:hushhush?x@host/x',
        '://me:hushhush#x@host/x',
        '://me:hushhush@ho st/a',
        '://u:hushhush@h/../b',
      ),
    );
    fc.assert(
      fc.property(written, ([scheme, rest]) => {
        expect(refusal(scheme + rest) ?? '').not.toContain('hushhush');
      }),
    );
  });

  const HOSTS: Readonly<Record<ArtifactScheme, fc.Arbitrary<string>>> = {
    s3: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}$/),
    gs: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{1,20}$/),
    wasbs: fc.constant('c@account.blob.core.windows.net'),
    abfss: fc.constant('c@account.dfs.core.windows.net'),
    dbfs: fc.constantFrom('', 'databricks', 'prod@databricks'),
    http: fc.constantFrom('host', 'host:80', '127.0.0.1:8080'),
    https: fc.constantFrom('host', '[::1]:1'),
    sftp: fc.constantFrom('host', 'host:2222'),
    'mlflow-artifacts': fc.constantFrom('', 'host', 'host:5000'),
  };
  const uri = fc
    .constantFrom(...ARTIFACT_SCHEMES)
    .chain((scheme) => fc.tuple(fc.constant(scheme), HOSTS[scheme]))
    .chain(([scheme, host]) =>
      fc
        .array(fc.stringMatching(/^[A-Za-z0-9_=%@:+ -]{1,8}$/), { minLength: 1, maxLength: 4 })
        .filter((parts) => !/%(2e|2f|5c|25)/i.test(parts.join('/')))
        .map((parts) => `${scheme}:${host === '' ? '' : `//${host}`}/${parts.join('/')}`),
    );

  it('is shown as it was written, and parses back to the same', () => {
    fc.assert(
      fc.property(uri, (text) => {
        const parsed = parseModelUri(text);
        expect(formatModelUri(parsed)).toBe(text);
        expect(parseModelUri(formatModelUri(parsed))).toEqual(parsed);
      }),
    );
  });

  it('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ARTIFACT_SCHEMES), fc.string(), (scheme, rest) => {
        refusal(`${scheme}:${rest}`);
        refusal(`${scheme}://${rest}`);
      }),
    );
  });
});
