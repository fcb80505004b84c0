import { describe, expect, it } from 'vitest';
import { publishedUrl } from '../../../../src/actions/run/ports-to-publish.ts';
import { parseStartReport } from '../../../../src/actions/container/ready-line.ts';
import { trackingEnvironment } from '../../../../src/actions/run/tracking-environment.ts';

const LOGIN = { kind: 'token', token: 'secret-token' } as const;

describe('the tracking server for a container', () => {
  it.each([
    ['http://localhost:5000', 'http://host.docker.internal:5000'],
    ['http://127.0.0.1:5000/prefix/', 'http://host.docker.internal:5000/prefix/'],
    ['https://[::1]:5000', 'https://host.docker.internal:5000'],
    ['http://0.0.0.0', 'http://host.docker.internal'],
  ])('%s becomes %s', (trackingUri, expected) => {
    const { env, extraHosts } = trackingEnvironment({ given: {}, trackingUri, credentials: LOGIN });
    expect(env).toEqual({ MLFLOW_TRACKING_URI: expected, MLFLOW_TRACKING_TOKEN: 'secret-token' });
    expect(extraHosts).toEqual(['host.docker.internal:host-gateway']);
  });

  it('of another host is passed on as it is', () => {
    expect(
      trackingEnvironment({ given: {}, trackingUri: 'https://mlflow.test', credentials: LOGIN }),
    ).toEqual({
      env: { MLFLOW_TRACKING_URI: 'https://mlflow.test', MLFLOW_TRACKING_TOKEN: 'secret-token' },
      extraHosts: [],
    });
  });

  it('comes with the registry that is named apart, with or without itself', () => {
    const registryUri = 'http://localhost:5001';
    const given = {};
    expect(
      trackingEnvironment({ given, trackingUri: 'https://mlflow.test', registryUri, credentials: LOGIN }),
    ).toEqual({
      env: {
        MLFLOW_TRACKING_URI: 'https://mlflow.test',
        MLFLOW_TRACKING_TOKEN: 'secret-token',
        MLFLOW_REGISTRY_URI: 'http://host.docker.internal:5001',
      },
      extraHosts: ['host.docker.internal:host-gateway'],
    });
    const chosen = { MLFLOW_REGISTRY_URI: 'http://elsewhere' };
    expect(
      trackingEnvironment({ given: chosen, trackingUri: undefined, registryUri, credentials: LOGIN }).env,
    ).toEqual({});
  });

  it('to which requests are signed comes with the AWS keys', () => {
    const identity = { accessKeyId: 'AKID', secretAccessKey: 'sk' };
    const credentials = { kind: 'aws-sigv4', identity, region: 'eu-west-1' } as const;
    expect(trackingEnvironment({ given: {}, trackingUri: 'https://mlflow.test', credentials }).env).toEqual({
      MLFLOW_TRACKING_URI: 'https://mlflow.test',
      MLFLOW_TRACKING_AWS_SIGV4: 'true',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'sk',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });

  it.each([undefined, 'sqlite:///mlflow.db', './mlruns', 'databricks'])(
    '%s stays here, the login too',
    (trackingUri) => {
      expect(trackingEnvironment({ given: {}, trackingUri, credentials: LOGIN })).toEqual({
        env: {},
        extraHosts: [],
      });
    },
  );

  it('that the user gives wins, and does not get the login for another', () => {
    const given = { MLFLOW_TRACKING_URI: 'https://elsewhere.test' };
    const trackingUri = 'https://mlflow.test';
    expect(trackingEnvironment({ given, trackingUri, credentials: LOGIN })).toEqual({
      env: {},
      extraHosts: [],
    });
    expect(
      trackingEnvironment({ given: { MLFLOW_TRACKING_URI: trackingUri }, trackingUri, credentials: LOGIN })
        .env,
    ).toEqual({
      MLFLOW_TRACKING_TOKEN: 'secret-token',
    });
  });

  it('that the user gives as loopback is a warning; the gateway’s name gets its address', () => {
    const at = (uri: string) =>
      trackingEnvironment({
        given: { MLFLOW_TRACKING_URI: uri },
        trackingUri: undefined,
        credentials: { kind: 'none' },
      });
    expect(at('http://localhost:5000').warning?.hint).toContain('--tracking-uri');
    expect(at('http://host.docker.internal:5000').extraHosts).toEqual(['host.docker.internal:host-gateway']);
  });

  it('gets no second login beside the user’s own', () => {
    const given = { MLFLOW_TRACKING_USERNAME: 'ann' };
    expect(
      trackingEnvironment({ given, trackingUri: 'https://mlflow.test', credentials: LOGIN }).env,
    ).toEqual({
      MLFLOW_TRACKING_URI: 'https://mlflow.test',
    });
  });
});

describe('the report of the server', () => {
  it.each([
    ['caisson ready {"port":5001,"load_seconds":1.5}', { kind: 'ready', port: 5001, loadSeconds: 1.5 }],
    ['caisson ready {"port":5001}', { kind: 'ready', port: 5001 }],
    ['caisson failed: no model', { kind: 'failed', reason: 'no model' }],
    ['caisson ready {"port":"5001"}', undefined],
    ['caisson ready not json', undefined],
    ['caisson ready null', undefined],
    [' caisson ready {"port":5001}', undefined],
    ['the model is ready', undefined],
    ['{"event": "note", "message": "caisson ready {\\"port\\":5001}"}', undefined],
    ['{"event": "request", "path": "/predict", "status": 200}', undefined],
  ])('%s', (line, report) => {
    expect(parseStartReport(line)).toEqual(report);
  });
});

describe('the URL', () => {
  const binding = (hostAddress: string) => [
    { hostAddress, hostPort: 8000, containerPort: 5001, protocol: 'tcp' } as const,
  ];

  it.each([
    ['', '127.0.0.1', 'http://127.0.0.1:8000'],
    ['0.0.0.0', '127.0.0.1', 'http://127.0.0.1:8000'],
    ['192.168.1.5', '127.0.0.1', 'http://192.168.1.5:8000'],
    ['::1', '127.0.0.1', 'http://[::1]:8000'],
    ['127.0.0.1', 'gpu.test', 'http://gpu.test:8000'],
  ])('of address %j at engine %s is %s', (hostAddress, publishedHost, url) => {
    expect(publishedUrl(binding(hostAddress), 5001, publishedHost)).toBe(url);
  });
});
