import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStoreUri } from '../../../support/store-uri.ts';
import { openArtifactStore } from '../../../../src/sources/artifacts/open-artifact-store.ts';
import type { ArtifactStore } from '../../../../src/sources/artifacts/port.ts';
import { artifactStoreContract, type Place } from '../../../contract/artifact-store-contract.ts';
import { SSHD, STORE_SETTINGS, withoutStore, withVariables } from '../../../support/artifact-stores.ts';
import { rejection } from '../../../support/errors.ts';
import { startSshServer } from '../../../support/ssh-server.ts';

describe.skipIf(SSHD === undefined)(`sftp, to OpenSSH's server${withoutStore('SSHD', SSHD)}`, () => {
  withVariables(() => ({ PATH: `${SSHD!.bin}:${process.env['PATH'] ?? ''}`, SSH_AUTH_SOCK: undefined }));
  const signal = new AbortController().signal;

  function open(authority: string, path: string): Promise<ArtifactStore> {
    return openArtifactStore(parseStoreUri(`sftp://${authority}${path}`)!, STORE_SETTINGS);
  }
  const address = (user = SSHD!.user): string => `${user}@127.0.0.1:${SSHD!.port}`;

  function makePlace(): Place & { readonly folder: string } {
    const folder = mkdtempSync(join(SSHD!.folder, 'place-'));
    return {
      folder,
      put: (path, content) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
        return Promise.resolve();
      },
      remove: (path) => {
        rmSync(join(folder, path));
        return Promise.resolve();
      },
      open: (path = '') => open(address(), join(folder, path)),
    };
  }

  artifactStoreContract(
    () => ({
      place: () => Promise.resolve(makePlace()),
      denied: async () => ({ store: await open(address('nobody-of-caisson'), '/tmp'), secret: 'user_key' }),
      unreachable: () => open('127.0.0.1:1', '/tmp'),
    }),
    { hostile: ['..\\x', 'a\u0001b'], checksums: 'none' },
  );

  it('takes the address of a host from the configuration of ssh', async () => {
    const place = makePlace();
    await place.put('a', Buffer.from('x'));
    const store = await open('store-by-alias', place.folder);
    expect(await store.list(signal)).toMatchObject([{ path: 'a', size: 1 }]);
    await store.close();
  });

  it('says what to do about a host that is not known, or whose key is another', async () => {
    const known = readFileSync(SSHD!.knownHosts, 'utf8');
    const store = await open(address(), '/tmp');
    try {
      writeFileSync(SSHD!.knownHosts, '');
      expect(await rejection(store.list(signal))).toMatchObject({
        code: 'STORE_DENIED',
        message: expect.stringContaining('its host key is not known'),
        hint: expect.stringContaining(`connect once with 'ssh -p ${SSHD!.port} 127.0.0.1'`),
      });
      const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDTkGFpYvYQMZnSzG3BHcrVmCcnjWzUnmKKjOK0hzwhx';
      writeFileSync(SSHD!.knownHosts, `[127.0.0.1]:${SSHD!.port} ${other}\n`);
      expect(await rejection(store.list(signal))).toMatchObject({
        code: 'STORE_DENIED',
        message: expect.stringContaining('not the one of ~/.ssh/known_hosts'),
        hint: expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${SSHD!.port}'`),
      });
    } finally {
      writeFileSync(SSHD!.knownHosts, known);
    }
  });

  it('logs in with the password of the URI, and shows it nowhere', async () => {
    const server = await startSshServer('me', 'hun%2ter');
    const known = readFileSync(SSHD!.knownHosts, 'utf8');
    try {
      writeFileSync(SSHD!.knownHosts, `${known}${server.knownHost}`);
      const store = await open(`me:hun%2ter@127.0.0.1:${server.port}`, '/srv');
      expect(await store.list(signal)).toEqual([]);
      expect(store.shown).toBe(`the folder 'sftp://me@127.0.0.1:${server.port}/srv'`);
      await store.close();
      const refused = await open(`me:other@127.0.0.1:${server.port}`, '/srv');
      const error = await rejection(refused.list(signal));
      expect(error.code).toBe('STORE_DENIED');
      expect(JSON.stringify([error.message, error.hint, error.detail])).not.toContain('other');
    } finally {
      writeFileSync(SSHD!.knownHosts, known);
      await server.close();
    }
  });

  it('follows a link inside the folder, and refuses one that leads out', async () => {
    const place = makePlace();
    await place.put('data/a', Buffer.from('abc'));
    symlinkSync('a', join(place.folder, 'data/b'));
    symlinkSync('data', join(place.folder, 'linked'));
    const store = await place.open();
    expect((await store.list(signal)).map(({ path, size }) => `${path} ${size}`).sort()).toEqual([
      'data/a 3',
      'data/b 3',
      'linked/a 3',
      'linked/b 3',
    ]);
    symlinkSync('/etc', join(place.folder, 'out'));
    expect(await rejection(store.list(signal))).toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining("holds the link 'out', which leads out of it"),
    });
    rmSync(join(place.folder, 'out'));
    symlinkSync('.', join(place.folder, 'self'));
    expect(await rejection(store.list(signal))).toMatchObject({ code: 'STORE_FAILED' });
    await store.close();
  });

  it('says that ssh is missing', async () => {
    const path = process.env['PATH'];
    const store = await open(address(), '/tmp');
    try {
      process.env['PATH'] = '/nonexistent';
      expect(await rejection(store.list(signal))).toMatchObject({ code: 'PROGRAM_MISSING' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('goes on over a new connection when one broke', async () => {
    const place = makePlace();
    await place.put('a', Buffer.from('abc'));
    // an ssh that ends when it is told to
    const bin = mkdtempSync(join(SSHD!.folder, 'bin-'));
    const pid = join(bin, 'pid');
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\necho $$ > ${pid}\nexec ${SSHD!.bin}/ssh "$@"\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path ?? ''}`;
    try {
      const store = await place.open();
      const [file] = await store.list(signal);
      process.kill(Number(readFileSync(pid, 'utf8')));
      let outcome = await store.read(file!, { start: 0 }, signal);
      if (outcome.kind === 'temporary') outcome = await store.read(file!, { start: 0 }, signal);
      expect(outcome).toMatchObject({ kind: 'body', body: { length: 3 } });
      if (outcome.kind === 'body') await outcome.body.discard();
      await store.close();
    } finally {
      process.env['PATH'] = path;
    }
  });
});
