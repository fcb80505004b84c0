import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { formatModelUri, parseModelUri, type ModelUri } from '../../../src/model/model-uri.ts';

const HEX = '0123456789abcdef0123456789abcdef';

function codeOf(text: string): string {
  try {
    parseModelUri(text);
  } catch (error) {
    if (isCaissonError(error)) return error.code;
    throw error;
  }
  return 'parsed';
}

describe('parseModelUri', () => {
  const accepted: readonly (readonly [string, ModelUri])[] = [
    ['runs:/abc123/iris_model', { kind: 'run', runId: 'abc123', path: 'iris_model' }],
    ['runs:/abc123/a/b//./c/', { kind: 'run', runId: 'abc123', path: 'a/b/c' }],
    ['runs:/abc123', { kind: 'run', runId: 'abc123', path: '' }],
    ['runs:///abc123/m', { kind: 'run', runId: 'abc123', path: 'm' }],
    ['RUNS:/abc123/m', { kind: 'run', runId: 'abc123', path: 'm' }],
    ['runs:/abc/a%20b', { kind: 'run', runId: 'abc', path: 'a%20b' }],
    ['models:/iris/1', { kind: 'version', name: 'iris', version: 1, subpath: '' }],
    ['models:/iris/007', { kind: 'version', name: 'iris', version: 7, subpath: '' }],
    ['models:/iris/1/sub/dir', { kind: 'version', name: 'iris', version: 1, subpath: 'sub/dir' }],
    ['models:/my model/3', { kind: 'version', name: 'my model', version: 3, subpath: '' }],
    ['models:/a#b/1', { kind: 'version', name: 'a#b', version: 1, subpath: '' }],
    ['models:/iris/latest', { kind: 'latest', name: 'iris', subpath: '' }],
    ['models:/iris/LaTest', { kind: 'latest', name: 'iris', subpath: '' }],
    ['models:/iris@latest', { kind: 'latest', name: 'iris', subpath: '' }],
    ['models:/iris/production', { kind: 'stage', name: 'iris', stage: 'Production', subpath: '' }],
    ['models:/iris/NONE/x', { kind: 'stage', name: 'iris', stage: 'None', subpath: 'x' }],
    ['models:/iris@champion', { kind: 'alias', name: 'iris', alias: 'champion', subpath: '' }],
    ['models:/a@b@c/sub', { kind: 'alias', name: 'a@b', alias: 'c', subpath: 'sub' }],
    ['models:/iris@x/1', { kind: 'alias', name: 'iris', alias: 'x', subpath: '1' }],
    [`models:/m-${HEX}`, { kind: 'logged-model', modelId: `m-${HEX}`, subpath: '' }],
    [`models:/m-${HEX}/sub/x`, { kind: 'logged-model', modelId: `m-${HEX}`, subpath: 'sub/x' }],
    ['models:/anything', { kind: 'logged-model', modelId: 'anything', subpath: '' }],
    ['models:/anything/', { kind: 'logged-model', modelId: 'anything', subpath: '' }],
    ['file:/srv/model', { kind: 'folder', path: '/srv/model' }],
    ['file:///srv/my%20model', { kind: 'folder', path: '/srv/my model' }],
    ['file://localhost/srv/model', { kind: 'folder', path: '/srv/model' }],
    ['file:model', { kind: 'folder', path: 'model' }],
    ['model', { kind: 'folder', path: 'model' }],
    ['../model', { kind: 'folder', path: '../model' }],
    ['./a:b', { kind: 'folder', path: './a:b' }],
    ['C:\\models\\iris', { kind: 'folder', path: 'C:\\models\\iris' }],
    [
      'models://prod@databricks/iris/1/sub',
      {
        ...{ kind: 'version', name: 'iris', version: 1, subpath: 'sub' },
        databricks: { scheme: 'databricks', profile: 'prod' },
      },
    ],
    [
      'models://databricks-uc/main.ml.iris@champion',
      {
        ...{ kind: 'alias', name: 'main.ml.iris', alias: 'champion', subpath: '' },
        databricks: { scheme: 'databricks-uc' },
      },
    ],
    [
      'runs://prod@databricks/abc/m',
      {
        ...{ kind: 'run', runId: 'abc', path: 'm' },
        databricks: { scheme: 'databricks', profile: 'prod' },
      },
    ],
    ['s3://bucket/m/', { kind: 'artifact', scheme: 's3', uri: 's3://bucket/m' }],
  ];
  it.each(accepted)('reads %s', (text, uri) => {
    expect(parseModelUri(text)).toEqual(uri);
  });

  it.each([
    '',
    'runs:',
    'runs:/',
    'runs:abc/m',
    'runs:/../m',
    'runs:/abc/../m',
    'runs:/abc/%2e%2e/m',
    'runs:/abc/%252E%252e%252fm',
    'runs:/abc/a%2f..%2fb',
    'runs:/abc/..\\m',
    'runs:/abc/m?x=1',
    'runs:/abc/m#x',
    'models:/iris/1/a#b',
    'runs:/-abc/m',
    'runs:/a b/m',
    'models:/',
    'models:iris/1',
    'models:/ /1',
    'models:/iris//1',
    'models:/iris/Prod',
    'models:/iris/99999999999999999999',
    'models:/@alias',
    'models:/iris@',
    'models:/iris/1/../2',
    'models:/iris@a/%2e%2E',
    'file:',
    'file://server/share',
    'file:///srv/../etc',
    'file:///srv/%2e%2e/etc',
    'file:///srv/%ff',
    'file:///srv/a%00b',
    'runs:/abc/m\n',
    'mod\u0007el',
    'models://prod@databricks/m-1',
    's3:///m',
  ])('refuses %j', (text) => {
    expect(codeOf(text)).toBe('MODEL_URI_INVALID');
  });

  it.each(['ftp://host/m', 'hdfs://host/m', 'HDFS://host/m'])('names the scheme of %s', (text) => {
    expect(codeOf(text)).toBe('MODEL_SCHEME_UNSUPPORTED');
    expect(() => parseModelUri(text)).toThrow(`'${text.split(':')[0]!.toLowerCase()}:'`);
  });

  it('refuses the host of anything but Databricks, and does not repeat a login', () => {
    expect(codeOf('models://host/iris/1')).toBe('MODEL_SCHEME_UNSUPPORTED');
    expect(codeOf('runs://databricks.example/abc/m')).toBe('MODEL_SCHEME_UNSUPPORTED');
    expect(() => parseModelUri('models://me:secret@host/iris/1')).not.toThrow('secret');
  });

  it('shows how an alias is written when a suffix is none of the three', () => {
    expect(() => parseModelUri('models:/iris/champion')).toThrow("'champion' is neither a version");
    try {
      parseModelUri('models:/iris/champion');
    } catch (error) {
      expect(isCaissonError(error) && error.hint).toContain('models:/iris@champion');
    }
  });
});

describe('formatModelUri', () => {
  const segment = fc
    .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_ .-]{0,11}$/)
    .filter((text) => text !== '..' && text !== '.');
  const subpath = fc.array(segment, { maxLength: 3 }).map((parts) => parts.join('/'));
  const name = segment.filter((text) => text.trim() !== '');
  const uri: fc.Arbitrary<ModelUri> = fc.oneof(
    fc.record({
      kind: fc.constant('run' as const),
      runId: fc.stringMatching(/^[a-z0-9]{1,32}$/),
      path: subpath,
    }),
    fc.record({ kind: fc.constant('version' as const), name, version: fc.nat(), subpath }),
    fc.record({ kind: fc.constant('latest' as const), name, subpath }),
    fc.record({
      kind: fc.constant('stage' as const),
      name,
      stage: fc.constantFrom('None', 'Staging', 'Production', 'Archived'),
      subpath,
    }),
    fc.record({
      kind: fc.constant('alias' as const),
      name,
      alias: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/).filter((alias) => alias.toLowerCase() !== 'latest'),
      subpath,
    }),
    fc.record({
      kind: fc.constant('logged-model' as const),
      modelId: fc.stringMatching(/^m-[0-9a-f]{32}$/),
      subpath: subpath.filter(
        (path) =>
          !/^(\d+|latest|none|staging|production|archived)(\/|$)/i.test(path) && !/^ *(\/|$)/.test(path),
      ),
    }),
  );

  it('gives what parses back to the same', () => {
    fc.assert(
      fc.property(uri, (value) => {
        expect(parseModelUri(formatModelUri(value))).toEqual(value);
      }),
    );
  });

  it('never lets a text through with a `..` segment, in any case and encoding, except as a plain path', () => {
    const dots = fc.constantFrom('..', '%2e.', '.%2E', '%2e%2e', '%252e%252e', '%25252e.');
    const slash = fc.constantFrom('/', '%2f', '%5C', '\\', '%252F');
    fc.assert(
      fc.property(
        fc.constantFrom('runs:/abc', 'models:/m/1', 'file:///x'),
        slash,
        dots,
        (head, separator, text) => {
          expect(codeOf(`${head}/a${separator}${text}${separator}b`)).toBe('MODEL_URI_INVALID');
        },
      ),
    );
  });

  it('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'runs:', 'models:/', 'file:', 'models://'),
        fc.string(),
        (head, text) => {
          expect(typeof codeOf(head + text)).toBe('string');
        },
      ),
    );
  });
});
