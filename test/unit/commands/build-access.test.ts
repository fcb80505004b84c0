import { describe, expect, it } from 'vitest';
import { readOptions, type TypedOptions } from '../../../src/cli/option-values.ts';
import { noteSecrets, readBuildAccess, type BuildAccess } from '../../../src/commands/build-access.ts';
import { guardBuildArgs } from '../../../src/commands/build-arg-secrets.ts';
import { BUILD_IMAGE } from '../../../src/commands/build-image.ts';
import type { Services } from '../../../src/commands/services.ts';
import type { CaissonEvent } from '../../../src/core/events.ts';
import { testPorts } from '../../support/action-ports.ts';
import { commandServices } from '../../support/command-services.ts';
import { failureOf } from '../../support/failure.ts';

interface Read {
  readonly access: BuildAccess;
  readonly hidden: readonly string[];
  readonly events: readonly CaissonEvent[];
  /** Texts of the secrets by id. */
  readonly texts: Readonly<Record<string, string>>;
}

async function read(
  typed: TypedOptions,
  scene: {
    files?: Record<string, string>;
    variables?: Record<string, string>;
    services?: Partial<Services>;
  } = {},
): Promise<Read> {
  const hidden: string[] = [];
  const events: CaissonEvent[] = [];
  const services: Services = {
    ...commandServices({ ports: testPorts(), files: scene.files ?? {} }),
    lookup: (name) => scene.variables?.[name],
    hide: (...values) => hidden.push(...values),
    emit: (event) => events.push(event),
    ...scene.services,
  };
  const options = readOptions(BUILD_IMAGE.options, { tag: ['x'], ...typed }, {});
  const access = await readBuildAccess(options, services);
  const texts = Object.fromEntries(
    Object.entries(access.secrets).map(([id, value]) => [id, Buffer.from(value).toString()]),
  );
  return { access, hidden, events, texts };
}

const NONE = { extraIndexUrls: [], secrets: { ids: [], ssh: 'none' } };

describe('what a build may use', () => {
  it('is nothing when nothing is said', async () => {
    const { access, hidden } = await read({});
    expect(access).toMatchObject({ image: NONE, secrets: {}, sshSocket: undefined, hostsWithLogin: [] });
    expect(hidden).toEqual([]);
  });

  it('are files and variables, hidden line by line', async () => {
    const { access, hidden, texts } = await read(
      { secret: ['id=file,src=a.txt', 'id=variable,env=NAME', 'id=NAME', 'id=bare'] },
      {
        files: { 'a.txt': 'the first line\n  the second line\nshort\n', bare: 'a file' },
        variables: { NAME: 'from a variable' },
      },
    );
    expect(texts).toEqual({
      file: 'the first line\n  the second line\nshort\n',
      variable: 'from a variable',
      NAME: 'from a variable',
      bare: 'a file',
    });
    expect(access.image.secrets).toEqual({ ids: ['NAME', 'bare', 'file', 'variable'], ssh: 'none' });
    expect(JSON.stringify(access.image)).not.toContain('line');
    expect(hidden).toEqual(expect.arrayContaining(['the first line', 'the second line', 'from a variable']));
    expect(hidden).not.toContain('short');
  });

  it('has logins of index URLs as a netrc file in front of the one that is given', async () => {
    const { access, hidden, texts } = await read(
      {
        'index-url': 'https://me:s3cret%201@a.example/simple',
        'extra-index-url': ['https://b.example/simple', 'https://me:s3cret%201@a.example/more'],
        secret: ['id=netrc,src=n'],
      },
      { files: { n: 'machine c.example login x password other-secret\n' } },
    );
    expect(access.image).toEqual({
      indexUrl: 'https://a.example/simple',
      extraIndexUrls: ['https://b.example/simple', 'https://a.example/more'],
      secrets: { ids: ['netrc'], ssh: 'none' },
    });
    expect(texts['netrc']).toBe(
      'machine a.example login me password "s3cret 1"\nmachine c.example login x password other-secret\n',
    );
    expect(hidden).toEqual(
      expect.arrayContaining([
        's3cret 1',
        's3cret%201',
        'other-secret',
        Buffer.from('me:s3cret 1').toString('base64'),
      ]),
    );
    expect(access.hostsWithLogin).toEqual(['a.example']);
  });

  it('takes what pip.conf says, with options in front', async () => {
    const conf =
      '[global]\nindex-url = https://u:conf-secret@conf.example/simple\nextra-index-url = https://e.example/simple\ntrusted-host = t.example\nfind-links = https://u:conf-secret@l.example/x\n  /srv/wheels\nno-index = true\n';
    const only = await read({ secret: ['id=pip.conf,src=c'] }, { files: { c: conf } });
    expect(only.access.image).toEqual({
      indexUrl: 'https://conf.example/simple',
      extraIndexUrls: ['https://e.example/simple'],
      pipOptions: { trustedHosts: ['t.example'], findLinks: ['https://l.example/x'], index: 'none' },
      secrets: { ids: ['netrc', 'pip.conf'], ssh: 'none' },
    });
    expect(only.texts['netrc']).toBe(
      'machine conf.example login u password conf-secret\nmachine l.example login u password conf-secret\n',
    );
    expect(only.events).toEqual([
      { type: 'warning', message: expect.stringContaining("'/srv/wheels'") as unknown },
    ]);
    const typed = {
      secret: ['id=pip.conf,src=c'],
      'index-url': 'https://o.example/',
      'extra-index-url': ['https://p.example/'],
    };
    const both = await read(typed, { files: { c: conf } });
    expect(both.access.image).toMatchObject({
      indexUrl: 'https://o.example/',
      extraIndexUrls: ['https://e.example/simple', 'https://p.example/'],
    });
  });

  it('takes an agent whose socket is there', async () => {
    const isSocket = (path: string): Promise<boolean> => Promise.resolve(path.endsWith('.sock'));
    const services = { isSocket, sshAgentSocket: '/run/agent.sock' };
    const found = await read({ ssh: 'default' }, { services });
    expect(found.access).toMatchObject({
      sshSocket: '/run/agent.sock',
      image: { secrets: { ssh: 'agent' } },
    });
    expect((await read({ ssh: 'default=my.sock' }, { services })).access.sshSocket).toBe('my.sock');
    const key = await failureOf(read({ ssh: 'default=id_rsa' }, { services }));
    expect([key.code, key.hint]).toEqual(['USAGE', expect.stringContaining('ssh-add')]);
    const none = await failureOf(read({ ssh: 'default' }, { services: { isSocket } }));
    expect(none.message).toContain('SSH_AUTH_SOCK is not set');
  });

  it.each([
    [{ secret: ['id=a,src=f', 'id=a,src=f'] }, "'a' is given twice"],
    [{ secret: ['id=a,env=NONE'] }, "variable 'NONE' of the secret 'a'"],
    [{ secret: ['id=big,src=big'] }, "'big' is larger than 500 kB"],
    [
      { 'index-url': 'https://u:one-pass@h.example/', 'extra-index-url': ['https://u:two-pass@h.example/'] },
      "two logins for 'h.example'",
    ],
    [
      { 'index-url': 'https://u:one-pass@h.example/', secret: ['id=netrc,src=n'] },
      "another login for 'h.example'",
    ],
    [{ 'index-url': 'https://u:p%C3%A4ss@h.example/' }, "login for 'h.example' holds characters"],
    [{ secret: ['id=pip.conf,src=c'] }, 'index-url of pip.conf'],
  ])('refuses %j', async (typed, reason) => {
    const files = {
      f: 'f',
      big: 'x'.repeat(512_001),
      n: 'machine h.example login u password two-pass',
      c: '[global]\nindex-url = https://one-pass@h/\n',
    };
    const { code, message, hint } = await failureOf(read(typed, { files }));
    expect([code, message]).toEqual(['USAGE', expect.stringContaining(reason)]);
    expect(`${message} ${hint ?? ''}`).not.toMatch(/one-pass|two-pass|p%C3|pä/);
  });

  it('takes a secret of exactly the largest size, and an empty one', async () => {
    const files = { most: 'x'.repeat(512_000), none: '' };
    const { access } = await read({ secret: ['id=most,src=most', 'id=none,src=none'] }, { files });
    expect(access.secrets['most']).toHaveLength(512_000);
    expect(access.secrets['none']).toHaveLength(0);
  });
});

describe('the note of generate', () => {
  async function notes(typed: TypedOptions): Promise<readonly string[]> {
    const { access } = await read(typed, { variables: { T: 'a-token' } });
    const events: CaissonEvent[] = [];
    noteSecrets('out', access, {
      ...commandServices({ ports: testPorts() }),
      emit: (event) => events.push(event),
    });
    return events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  }

  it('says how to build, and for which hosts the netrc file is', async () => {
    expect(await notes({})).toEqual([]);
    const [build, hosts] = await notes({
      secret: ['id=t,env=T'],
      'index-url': 'https://me:s3cret@a.example/',
    });
    expect(build).toContain('docker build --secret id=netrc,src=FILE --secret id=t,src=FILE out');
    expect(hosts).toContain('a.example');
    expect(`${build ?? ''}${hosts ?? ''}`).not.toMatch(/s3cret|a-token/);
  });
});

describe('build arguments', () => {
  it('may be proxies with a login, which is hidden, and nothing else with one', async () => {
    const hidden: string[] = [];
    const hide = (...values: readonly string[]): void => {
      hidden.push(...values);
    };
    guardBuildArgs({ https_proxy: 'http://u:proxy-pass@p:1', X: 'https://h/a@b', Y: 'me@h' }, { hide });
    expect(hidden).toContain('proxy-pass');
    const error = await failureOf(() => {
      guardBuildArgs({ PIP_INDEX_URL: 'https://u:pip-pass@h/' }, { hide });
    });
    expect([error.code, error.message]).toEqual(['USAGE', expect.stringContaining("'PIP_INDEX_URL'")]);
    expect(`${error.message}${error.hint ?? ''}`).not.toContain('pip-pass');
  });
});
