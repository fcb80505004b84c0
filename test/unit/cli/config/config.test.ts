import { describe, expect, it } from 'vitest';
import {
  databricksConfigFile,
  databricksSecrets,
  resolveDatabricks,
} from '../../../../src/cli/config/databricks.ts';
import { resolveEngineConfig } from '../../../../src/cli/config/engine-config.ts';
import { resolveFolders } from '../../../../src/cli/config/folders.ts';
import { resolveTrackingCredentials } from '../../../../src/cli/config/mlflow-credentials.ts';
import {
  resolveNetwork,
  resolveRequestTimeout,
  resolveServerTls,
  resolveStoreNetwork,
} from '../../../../src/cli/config/network.ts';
import { environmentSecrets, urlPasswords } from '../../../../src/cli/config/secrets.ts';
import { findHostCertificate } from '../../../../src/cli/user-files.ts';

describe('folders', () => {
  it('are below HOME, or where their variables say', () => {
    expect(resolveFolders({ HOME: '/home/me' })).toEqual({
      home: '/home/me',
      cache: '/home/me/.cache/caisson',
      dockerConfig: '/home/me/.docker',
    });
    expect(resolveFolders({ HOME: '/home/me', XDG_CACHE_HOME: '/cache', DOCKER_CONFIG: '/dc' })).toEqual({
      home: '/home/me',
      cache: '/cache/caisson',
      dockerConfig: '/dc',
    });
  });

  it('ignores a relative XDG_CACHE_HOME, as the specification tells', () => {
    expect(resolveFolders({ HOME: '/home/me', XDG_CACHE_HOME: 'cache' }).cache).toBe(
      '/home/me/.cache/caisson',
    );
  });
});

describe('the engine', () => {
  const folders = resolveFolders({ HOME: '/home/me' });

  it('is docker’s: any value of DOCKER_TLS_VERIFY turns it on, an empty variable is none', () => {
    expect(resolveEngineConfig({ DOCKER_HOST: '', DOCKER_TLS_VERIFY: '' }, folders)).toEqual({
      tlsVerify: 'off',
      dockerConfigFolder: '/home/me/.docker',
      homeFolder: '/home/me',
    });
    const rootless = resolveFolders({ HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/7' });
    expect(resolveEngineConfig({}, rootless).runtimeFolder).toBe('/run/user/7');
    const environment = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: '/certs' };
    expect(resolveEngineConfig({ ...environment, DOCKER_CONTEXT: 'remote' }, folders)).toMatchObject({
      host: 'tcp://h:2376',
      dockerContext: 'remote',
      tlsVerify: 'on',
      certPath: '/certs',
    });
  });
});

describe('the login for the tracking server', () => {
  const file =
    '[other]\nmlflow_tracking_username = wrong\n[mlflow]\n# comment\nMLFLOW_tracking_username: ann\nmlflow_tracking_password = p=w:d\n';
  const noFiles = { mlflow: undefined, aws: { credentials: undefined, config: undefined } };
  const files = { ...noFiles, mlflow: file };

  it('prefers user name and password, from variables, then the file, and then the token', () => {
    const basic = { MLFLOW_TRACKING_USERNAME: 'bob', MLFLOW_TRACKING_PASSWORD: 'pw' };
    expect(resolveTrackingCredentials({ ...basic, MLFLOW_TRACKING_TOKEN: 't' }, files)).toEqual({
      kind: 'basic',
      username: 'bob',
      password: 'pw',
    });
    const half = { MLFLOW_TRACKING_USERNAME: 'bob', MLFLOW_TRACKING_TOKEN: 't' };
    expect(resolveTrackingCredentials(half, noFiles)).toEqual({ kind: 'token', token: 't' });
    expect(resolveTrackingCredentials({}, files)).toEqual({
      kind: 'basic',
      username: 'ann',
      password: 'p=w:d',
    });
  });

  it('mixes variables and file one by one, and half a login is none', () => {
    expect(resolveTrackingCredentials({ MLFLOW_TRACKING_USERNAME: 'bob' }, files)).toEqual({
      kind: 'basic',
      username: 'bob',
      password: 'p=w:d',
    });
    expect(resolveTrackingCredentials({ MLFLOW_TRACKING_USERNAME: 'bob' }, noFiles)).toEqual({
      kind: 'none',
    });
    expect(
      resolveTrackingCredentials({}, { ...noFiles, mlflow: 'mlflow_tracking_username = no section' }),
    ).toEqual({ kind: 'none' });
  });
});

describe('signing requests with AWS keys', () => {
  const aws = {
    credentials:
      '[default]\naws_access_key_id = A1\naws_secret_access_key = s1\n[work]\naws_access_key_id=A2\naws_secret_access_key=s2\naws_session_token=t2\n',
    config: '[default]\nregion = eu-west-1\n[profile work]\nregion = eu-north-1\n',
  };
  const resolve = (environment: Readonly<Record<string, string>>): unknown =>
    resolveTrackingCredentials(
      { MLFLOW_TRACKING_AWS_SIGV4: 'true', MLFLOW_TRACKING_TOKEN: 't', ...environment },
      { mlflow: undefined, aws },
    );

  it('wins over every other login, and takes keys and region where AWS has them', () => {
    expect(resolve({})).toEqual({
      ...{ kind: 'aws-sigv4', region: 'eu-west-1' },
      identity: { accessKeyId: 'A1', secretAccessKey: 's1' },
    });
    expect(resolve({ AWS_PROFILE: 'work' })).toEqual({
      ...{ kind: 'aws-sigv4', region: 'eu-north-1' },
      identity: { accessKeyId: 'A2', secretAccessKey: 's2', sessionToken: 't2' },
    });
    expect(resolve({ AWS_ACCESS_KEY_ID: 'A3', AWS_SECRET_ACCESS_KEY: 's3', AWS_REGION: 'x' })).toEqual({
      ...{ kind: 'aws-sigv4', region: 'x', identity: { accessKeyId: 'A3', secretAccessKey: 's3' } },
    });
    expect(resolve({ AWS_PROFILE: 'nope' })).toEqual({ kind: 'aws-sigv4' });
  });

  it.each(['1', 'TRUE'])('is on with %s', (value) => {
    expect(resolve({ MLFLOW_TRACKING_AWS_SIGV4: value })).toMatchObject({ kind: 'aws-sigv4' });
  });

  it.each(['false', '0', ''])('is off with %j', (value) => {
    expect(resolve({ MLFLOW_TRACKING_AWS_SIGV4: value })).toEqual({ kind: 'token', token: 't' });
  });
});

describe('the network', () => {
  it('has proxies in both spellings, the lower case first', () => {
    expect(
      resolveNetwork({ HTTP_PROXY: 'http://a', http_proxy: 'http://b', NO_PROXY: 'x', ALL_PROXY: '' }),
    ).toEqual({
      proxies: { http: 'http://b', except: 'x' },
    });
  });

  it('trusts for model stores what Python’s requests trusts', () => {
    expect(resolveStoreNetwork({ CURL_CA_BUNDLE: '/c' }).caFile).toBe('/c');
    expect(resolveStoreNetwork({ REQUESTS_CA_BUNDLE: '/r', CURL_CA_BUNDLE: '/c' }).caFile).toBe('/r');
    expect(resolveStoreNetwork({})).toEqual({ proxies: {} });
  });

  it.each([
    ['600', 600_000],
    ['', undefined],
    ['0', undefined],
    ['soon', undefined],
  ])('waits for a tracking server as long as MLflow is told: %j', (text, milliseconds) => {
    expect(resolveRequestTimeout({ MLFLOW_HTTP_REQUEST_TIMEOUT: text })).toBe(milliseconds);
  });

  it('knows what MLflow is told about certificates of its server', () => {
    expect(resolveServerTls({})).toBeUndefined();
    expect(resolveServerTls({ MLFLOW_TRACKING_INSECURE_TLS: 'false' })).toBeUndefined();
    expect(
      resolveServerTls({
        MLFLOW_TRACKING_INSECURE_TLS: 'true',
        MLFLOW_TRACKING_SERVER_CERT_PATH: '/ca',
        MLFLOW_TRACKING_CLIENT_CERT_PATH: '/me',
      }),
    ).toEqual({ verification: 'off', caFile: '/ca', clientCertificateFile: '/me' });
  });
});

describe('Databricks', () => {
  it('is known by the environment and by profiles, whose secrets are hidden', () => {
    const text =
      '[DEFAULT]\nhost = https://a\ntoken = dapi1\n[sp]\nhost=b\nclient_id=i\nclient_secret=hush\n';
    const found = resolveDatabricks(
      { DATABRICKS_HOST: 'c', DATABRICKS_TOKEN: 'dapi2' },
      { path: '/f', text },
    );
    expect(found).toMatchObject({ environment: { host: 'c', token: 'dapi2' }, configFile: '/f' });
    expect([...found.profiles]).toEqual([
      ['DEFAULT', { host: 'https://a', token: 'dapi1' }],
      ['sp', { host: 'b', clientId: 'i', clientSecret: 'hush' }],
    ]);
    expect(databricksSecrets(found)).toEqual(['dapi2', 'dapi1', 'hush']);
    expect(databricksConfigFile({}, '/home/me')).toBe('/home/me/.databrickscfg');
    expect(databricksConfigFile({ DATABRICKS_CONFIG_FILE: '~/x' }, '/home/me')).toBe('/home/me/x');
  });
});

describe('secrets of the environment', () => {
  it('are passwords, tokens and the passwords inside URIs', () => {
    expect(
      environmentSecrets({
        MLFLOW_TRACKING_PASSWORD: 'pw-1',
        MLFLOW_TRACKING_TOKEN: 'token-1',
        MLFLOW_TRACKING_URI: 'https://user:pw%402@host',
        CAISSON_TRACKING_URI: 'sqlite:///mlflow.db',
        AWS_SECRET_ACCESS_KEY: 'aws-1',
        DATABRICKS_TOKEN: 'dapi-1',
        https_proxy: 'http://me:proxy-pw@p',
      }),
    ).toEqual(['pw-1', 'token-1', 'aws-1', 'dapi-1', 'pw%402', 'pw@2', 'proxy-pw', 'proxy-pw']);
    expect(urlPasswords('not a url')).toEqual([]);
    expect(urlPasswords('https://u:%E0%A4%A@host')).toEqual(['%E0%A4%A', '%E0%A4%A']);
  });
});

it('the CA of the host is pip’s first', () => {
  expect(findHostCertificate({ PIP_CERT: '/a', SSL_CERT_FILE: '/b' })).toEqual({
    path: '/a',
    variable: 'PIP_CERT',
  });
  expect(findHostCertificate({ PIP_CERT: '', SSL_CERT_FILE: '/b' })).toEqual({
    path: '/b',
    variable: 'SSL_CERT_FILE',
  });
  expect(findHostCertificate({})).toBeUndefined();
});
