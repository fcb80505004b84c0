import { describe, expect, it } from 'vitest';
import { below, parseArtifactLocation } from '../../../src/sources/artifact-location.ts';

describe('parseArtifactLocation', () => {
  it.each([
    ['/data/mlruns/1/a', { kind: 'local', path: '/data/mlruns/1/a' }],
    ['./mlruns/0/a', { kind: 'local', path: './mlruns/0/a' }],
    ['file:///data/my%20runs/a', { kind: 'local', path: '/data/my runs/a' }],
    ['file:///C:/mlruns/1', { kind: 'local', path: 'C:/mlruns/1' }],
    ['C:\\mlruns\\1', { kind: 'local', path: 'C:\\mlruns\\1' }],
    ['mlflow-artifacts:/1/models/m-1/artifacts', { kind: 'proxied', path: '1/models/m-1/artifacts' }],
    ['mlflow-artifacts:///1//a/', { kind: 'proxied', path: '1/a' }],
    ['mlflow-artifacts://host:5000/1/a', { kind: 'proxied', path: '1/a', host: 'host:5000' }],
    ['s3://bucket/x/', { kind: 'remote', scheme: 's3', uri: 's3://bucket/x' }],
    [
      'wasbs://c@a.blob.core.windows.net/x',
      { kind: 'remote', scheme: 'wasbs', uri: 'wasbs://c@a.blob.core.windows.net/x' },
    ],
    [
      'sftp://me:p%40ss@host:22/srv/x',
      {
        ...{ kind: 'remote', scheme: 'sftp', uri: 'sftp://host:22/srv/x' },
        login: { username: 'me', password: 'p@ss' },
      },
    ],
    ['hdfs://host/x', { kind: 'unsupported', scheme: 'hdfs', uri: 'hdfs://host/x' }],
    ['models:/m-1', { kind: 'indirect', uri: { kind: 'logged-model', modelId: 'm-1', subpath: '' } }],
    ['runs:/abc/model', { kind: 'indirect', uri: { kind: 'run', runId: 'abc', path: 'model' } }],
  ])('reads %s', (text, location) => {
    expect(parseArtifactLocation(text)).toEqual(location);
  });

  it.each([
    'mlflow-artifacts:/1/../../2',
    's3:///x',
    's3://b/../x',
    'models:/',
    'runs:/a/../b',
    'file://server/share',
  ])('refuses %s', (text) => {
    expect(() => parseArtifactLocation(text)).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }));
  });
});

describe('below', () => {
  it('puts a path under a place', () => {
    expect(below({ kind: 'local', path: '/a/' }, 'b/c')).toEqual({ kind: 'local', path: '/a/b/c' });
    expect(below({ kind: 'local', path: '/' }, 'b')).toEqual({ kind: 'local', path: '/b' });
    expect(below({ kind: 'proxied', path: '', host: 'h' }, 'b')).toEqual({
      kind: 'proxied',
      path: 'b',
      host: 'h',
    });
    expect(below({ kind: 'remote', scheme: 's3', uri: 's3://b' }, 'c')).toMatchObject({ uri: 's3://b/c' });
    expect(below({ kind: 'local', path: '/a' }, '')).toEqual({ kind: 'local', path: '/a' });
  });
});
