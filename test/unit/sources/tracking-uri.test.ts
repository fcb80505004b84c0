import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultTrackingLocation, parseTrackingUri } from '../../../src/sources/tracking-uri.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const makeFolder = temporaryFolders();

describe('parseTrackingUri', () => {
  it.each([
    ['sqlite:///mlflow.db', '/home/me/mlflow.db'],
    ['sqlite:///sub/m.db', '/home/me/sub/m.db'],
    ['sqlite:////data/m.db', '/data/m.db'],
    ['sqlite+pysqlite:////data/m.db', '/data/m.db'],
    ['sqlite:////data/m.db?timeout=5', '/data/m.db'],
    ['sqlite:////data/my%20m.db', '/data/my%20m.db'],
  ])('reads %s', (text, path) => {
    expect(parseTrackingUri(text, '/home/me')).toMatchObject({ kind: 'sqlite', path });
  });

  it.each([
    ['./mlruns', '/home/me/mlruns'],
    ['mlruns', '/home/me/mlruns'],
    ['../mlruns', '/home/mlruns'],
    ['/data/mlruns', '/data/mlruns'],
    ['file:///data/my%20runs', '/data/my runs'],
    ['file:/data/mlruns', '/data/mlruns'],
    ['file:mlruns', '/home/me/mlruns'],
    ['file://localhost/data/mlruns', '/data/mlruns'],
  ])('reads the folder of a file store: %s', (text, path) => {
    expect(parseTrackingUri(text, '/home/me')).toEqual({ kind: 'files', path, shown: text });
  });

  it.each([
    ['databricks', { registry: 'workspace' }],
    ['databricks://prod', { registry: 'workspace', profile: 'prod' }],
    ['databricks-uc', { registry: 'unity-catalog' }],
    ['databricks-uc://prod', { registry: 'unity-catalog', profile: 'prod' }],
  ])('reads %s', (text, place) => {
    expect(parseTrackingUri(text, '/')).toEqual({ kind: 'databricks', place: { ...place, shown: text } });
  });

  it('takes the login out of the address of a server', () => {
    const location = parseTrackingUri('https://me:p%40ss@host:8443/ml/flow/?x#y', '/home/me');
    expect(location).toMatchObject({
      kind: 'server',
      shown: 'https://host:8443/ml/flow',
      login: { kind: 'basic', username: 'me', password: 'p@ss' },
    });
    expect(location.kind === 'server' && location.url.href).toBe('https://host:8443/ml/flow');
  });

  it('knows a server without a login', () => {
    const location = parseTrackingUri('http://127.0.0.1:5000/', '/home/me');
    expect(location).toMatchObject({ kind: 'server', shown: 'http://127.0.0.1:5000' });
    expect(location).not.toHaveProperty('login');
  });

  it.each([
    'sqlite://',
    'sqlite:///',
    'sqlite:///:memory:',
    'http://',
    'file://server/mlruns',
    'file:',
    'databricks://',
    'databricks:/prod',
    'databricks://scope:prefix',
  ])('refuses %s', (text) => {
    expect(() => parseTrackingUri(text, '/home/me')).toThrow(
      expect.objectContaining({ code: 'STORE_FAILED' }),
    );
  });

  it('names the kind of a store that it does not read, and nothing else of it', () => {
    const text = 'postgresql://me:secret@db/mlflow';
    expect(() => parseTrackingUri(text, '/')).toThrow("of the kind 'postgresql'");
    expect(() => parseTrackingUri(text, '/')).not.toThrow('secret');
  });
});

describe('defaultTrackingLocation', () => {
  it('is mlflow.db of the working folder', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'mlflow.db': '', 'mlruns/1/models/m/MLmodel': '' });
    expect(await defaultTrackingLocation(folder)).toMatchObject({
      kind: 'sqlite',
      path: join(folder, 'mlflow.db'),
    });
  });

  it('is a file store where mlruns holds experiments', async () => {
    const folder = makeFolder();
    writeTree(folder, { 'mlflow.db': '', 'mlruns/0/meta.yaml': '' });
    expect(await defaultTrackingLocation(folder)).toEqual({
      ...{ kind: 'files', path: join(folder, 'mlruns'), shown: './mlruns' },
    });
  });

  it('says what to do where there is nothing', async () => {
    await expect(defaultTrackingLocation(makeFolder())).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      hint: expect.stringContaining('--tracking-uri') as string,
    });
  });
});
