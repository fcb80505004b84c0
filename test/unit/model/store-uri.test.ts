import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatModelUri, parseModelUri } from '../../../src/model/model-uri.ts';
import { formatSftpUri, STORE_SCHEMES } from '../../../src/model/store-uri.ts';
import { codeOf, thrownBy } from '../../support/errors.ts';
import { parseStoreUri } from '../../support/store-uri.ts';
import { runs } from '../../support/runs.ts';

describe('parseStoreUri', () => {
  it.each([
    ['s3://models', { kind: 's3', bucket: 'models', path: '' }],
    ['s3://models/1/m-1/artifacts/', { kind: 's3', bucket: 'models', path: '1/m-1/artifacts' }],
    ['S3://models/a%20b', { kind: 's3', bucket: 'models', path: 'a%20b' }],
    ['gs://models_of.example/a b', { kind: 'gcs', bucket: 'models_of.example', path: 'a b' }],
    [
      'wasbs://models@account.blob.core.windows.net/a/b',
      {
        kind: 'azure',
        scheme: 'wasbs',
        container: 'models',
        account: 'account',
        domain: 'blob.core.windows.net',
        path: 'a/b',
      },
    ],
    [
      'abfss://$web@a.dfs.core.chinacloudapi.cn',
      {
        kind: 'azure',
        scheme: 'abfss',
        container: '$web',
        account: 'a',
        domain: 'dfs.core.chinacloudapi.cn',
        path: '',
      },
    ],
    ['sftp://host', { kind: 'sftp', host: 'host', path: '/' }],
    ['sftp:///srv/models/', { kind: 'sftp', host: 'localhost', path: '/srv/models' }],
    [
      'sftp://me:p@ss:w@host.example:2222/srv',
      { kind: 'sftp', host: 'host.example', port: 2222, user: 'me', password: 'p@ss:w', path: '/srv' },
    ],
    ['sftp://[fe80::1]:22/a', { kind: 'sftp', host: 'fe80::1', port: 22, path: '/a' }],
  ])('reads %s', (text, uri) => {
    expect(parseStoreUri(text)).toEqual(uri);
  });

  it.each(['models:/a/1', 'C:\\a', '/a', 'a', 'ftp://a/b', 's4://a'])('leaves %s to others', (text) => {
    expect(parseStoreUri(text)).toBeUndefined();
  });

  it.each([
    's3:///a',
    's3:a',
    's3://a@b/c',
    's3://-a/b',
    's3://bucket/../other',
    's3://bucket/%2e%2e/other',
    's3://bucket/a?versionId=1',
    'gs://bucket/a#b',
    'gs://bucket/a\nb',
    'wasbs://container/a',
    'wasbs://c@account.blob.core.windows.net.example.com/a',
    'abfss://c@account.example.com/a',
    'abfss://c@account@evil.dfs.core.windows.net/a',
    'sftp://-oProxyCommand=id/a',
    'sftp://-l@host/a',
    'sftp://host:0/a',
    'sftp://host:99999/a',
    'sftp://host:a/a',
    'sftp://a;id/b',
    'sftp://[::1/a',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parseStoreUri(text))).toBe('MODEL_URI_INVALID');
  });

  it('shows no password in its errors', () => {
    const error = thrownBy(() => parseStoreUri('sftp://me:hunter2@host/../a'));
    expect(error.message).toBe("'sftp://host/../a' is not a model URI: it holds a '..' segment");
    expect(thrownBy(() => parseStoreUri('sftp://me:hunter2@ho st/a')).message).not.toContain('hunter2');
  });

  const part = fc.stringMatching(/^[a-zA-Z0-9 ._=%+é-]{1,8}$/).filter((text) => !/^\.{1,2}$|%/.test(text));
  const path = fc.array(part, { maxLength: 4 }).map((parts) => parts.join('/'));
  const login = fc.option(fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/), { nil: undefined });

  it('reads again what it wrote', () => {
    const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/);
    const azure = fc
      .tuple(
        fc.constantFrom('wasbs://c@a1.blob.core.windows.net', 'abfss://c-1@b.dfs.core.usgovcloudapi.net'),
        path,
      )
      .map(([place, below]) => `${place}/${below}`);
    const sftp = fc
      .tuple(login, fc.constantFrom('host', '10.0.0.1', '[::1]', 'h:22'), path)
      .map(([user, host, below]) => `sftp://${user === undefined ? '' : `${user}@`}${host}/${below}`);
    const buckets = fc
      .tuple(fc.constantFrom('s3', 'gs'), bucket, path)
      .map(([scheme, name, below]) => `${scheme}://${name}/${below}`);
    fc.assert(
      fc.property(fc.oneof(azure, sftp, buckets), (text) => {
        const uri = parseStoreUri(text)!;
        const shown = uri.kind === 'sftp' ? formatSftpUri(uri) : formatModelUri(parseModelUri(text));
        expect(parseStoreUri(shown)).toEqual(uri);
      }),
      { numRuns: runs(500) },
    );
  });

  it('takes any text to a place, an error of its own, or nothing, and never shows a password', () => {
    const secret = 'Zecret9';
    const authority = fc.oneof(
      fc.string(),
      fc.string().map((text) => `u:${secret}@${text}`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...STORE_SCHEMES), authority, fc.string(), (scheme, place, below) => {
        try {
          const uri = parseModelUri(`${scheme}://${place}/${below}`);
          expect(formatModelUri(uri)).not.toContain(secret);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MODEL_URI_INVALID' });
          if (!place.slice(11).includes(secret)) expect(String(error)).not.toContain(secret);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});
