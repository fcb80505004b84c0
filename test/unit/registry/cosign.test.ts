import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CaissonError } from '../../../src/core/errors.ts';
import { createCosign } from '../../../src/registry/cosign.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders } from '../../support/test-folders.ts';

const IMAGE = `registry.test/iris@sha256:${'a'.repeat(64)}`;
const PATH = process.env['PATH'] ?? '';
const newFolder = temporaryFolders();
const signer = createCosign();
const quiet = { signal: new AbortController().signal, onLine: () => undefined };

afterEach(() => {
  process.env['PATH'] = PATH;
});

/** A cosign on the PATH that is a shell script; `$RECORD` is a file beside it. */
function installCosign(script: string): { readonly recorded: () => string } {
  const folder = newFolder();
  const record = join(folder, 'record');
  writeFileSync(join(folder, 'cosign'), `#!/bin/sh\nRECORD='${record}'\n${script}\n`);
  chmodSync(join(folder, 'cosign'), 0o755);
  process.env['PATH'] = `${folder}:${PATH}`;
  return { recorded: () => readFileSync(record, 'utf8') };
}

const RECORDING = `printf '%s\\n' "$@" >> "$RECORD"; printf 'password %s\\n' "$COSIGN_PASSWORD" >> "$RECORD"`;

describe('cosign', () => {
  it('signs by digest, keyless', async () => {
    const { recorded } = installCosign(RECORDING);
    await signer.sign({ image: IMAGE, ...quiet });
    expect(recorded()).toBe(`sign\n--yes\n${IMAGE}\npassword \n`);
  });

  it('takes a key as one word, and its password from the environment', async () => {
    const { recorded } = installCosign(RECORDING);
    process.env['COSIGN_PASSWORD'] = 'secret';
    const key = `my $key; "x".pem`;
    await signer.sign({ image: IMAGE, key, ...quiet }).finally(() => delete process.env['COSIGN_PASSWORD']);
    expect(recorded()).toBe(`sign\n--yes\n--key\n${key}\n${IMAGE}\npassword secret\n`);
  });

  it('passes its lines on and gives it no input', async () => {
    installCosign('echo to stdout; echo to stderr >&2; cat');
    const lines: string[] = [];
    await signer.sign({ image: IMAGE, ...quiet, onLine: (line) => lines.push(line) });
    expect(lines.sort()).toEqual(['to stderr', 'to stdout']);
  });

  it('says how it failed', async () => {
    installCosign('for i in $(seq 30); do echo "line $i"; done; exit 3');
    const error = await rejection(signer.sign({ image: IMAGE, ...quiet }));
    expect(error).toMatchObject({
      code: 'SIGNING_FAILED',
      message: `'cosign sign' of '${IMAGE}' ended with exit code 3`,
      hint: `the image is pushed; sign it with: cosign sign ${IMAGE}`,
    });
    expect(error.detail?.split('\n')).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 11}`));
    installCosign('kill -9 $$');
    expect((await rejection(signer.sign({ image: IMAGE, ...quiet }))).message).toContain('ended by a signal');
  });

  it('ends when it is interrupted', async () => {
    installCosign('echo started; exec sleep 60');
    const controller = new AbortController();
    const reason = new CaissonError('INTERRUPTED', 'interrupted');
    const signing = signer.sign({
      image: IMAGE,
      signal: controller.signal,
      onLine: () => {
        controller.abort(reason);
      },
    });
    expect(await rejection(signing)).toBe(reason);
  });

  it('is known to be missing before anything is signed', async () => {
    installCosign('exit 0');
    await signer.check(quiet.signal);
    process.env['PATH'] = newFolder();
    expect(await rejection(signer.check(quiet.signal))).toMatchObject({
      code: 'PROGRAM_MISSING',
      hint: expect.stringContaining('install cosign'),
    });
  });
});
