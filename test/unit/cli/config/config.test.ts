import { describe, expect, it } from 'vitest';
import { resolveEngineConfig } from '../../../../src/cli/config/engine-config.ts';
import { resolveFolders } from '../../../../src/cli/config/folders.ts';
import { resolveTrackingCredentials } from '../../../../src/cli/config/mlflow-credentials.ts';
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

  it('prefers the token, then variables, then the file', () => {
    const basic = { MLFLOW_TRACKING_USERNAME: 'bob', MLFLOW_TRACKING_PASSWORD: 'pw' };
    expect(resolveTrackingCredentials({ ...basic, MLFLOW_TRACKING_TOKEN: 't' }, files)).toEqual({
      kind: 'token',
      token: 't',
    });
    expect(resolveTrackingCredentials(basic, files)).toEqual({
      kind: 'basic',
      username: 'bob',
      password: 'pw',
    });
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

describe('secrets of the environment', () => {
  it('are passwords, tokens and the passwords inside URIs', () => {
    expect(
      environmentSecrets({
        MLFLOW_TRACKING_PASSWORD: 'pw-1',
        MLFLOW_TRACKING_TOKEN: 'token-1',
        MLFLOW_TRACKING_URI: 'https://user:pw%402@host',
        CAISSON_TRACKING_URI: 'sqlite:///mlflow.db',
      }),
    ).toEqual(['pw-1', 'token-1', 'pw%402', 'pw@2']);
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
