import { describe, expect, it } from 'vitest';
import { parsePipConfig } from '../../../../src/commands/grammar/pip-config.ts';

const EMPTY = { indexUrl: undefined, extraIndexUrls: [], trustedHosts: [], findLinks: [], index: 'used' };

describe('a pip.conf', () => {
  it.each([
    '',
    '# nothing\n',
    'index-url = https://outside/simple\n',
    '[download]\nindex-url=https://x/\n',
    'odd line\n[global',
  ])('says nothing in %j', (text) => {
    expect(parsePipConfig(text)).toEqual(EMPTY);
  });

  it('is read as pip reads it', () => {
    const text = `\uFEFF; a comment
[global]
INDEX_URL: https://a.example/simple
extra-index-url = https://b.example/simple
    # a comment between
    https://c.example/simple?x=1&y
trusted-host = a.example b.example:8443
timeout = 60
[list]
format = columns
[install]
find-links =
    https://d.example/links
    /srv/wheels
no-index = Yes\r
`;
    expect(parsePipConfig(text)).toEqual({
      indexUrl: 'https://a.example/simple',
      extraIndexUrls: ['https://b.example/simple', 'https://c.example/simple?x=1&y'],
      trustedHosts: ['a.example', 'b.example:8443'],
      findLinks: ['https://d.example/links', '/srv/wheels'],
      index: 'none',
    });
  });

  it('lets the section of install win over the global one, wherever it stands', () => {
    const text = '[install]\nindex-url = https://i/\n[global]\nindex-url = https://g/\nno-index = false\n';
    expect(parsePipConfig(text)).toEqual({ ...EMPTY, indexUrl: 'https://i/' });
  });
});
