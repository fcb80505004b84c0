import { describe, expect, it } from 'vitest';
import { readBuildCertificates } from '../../../src/commands/certificate-authority.ts';
import type { HostCertificate, Services } from '../../../src/commands/services.ts';
import type { OptionReader } from '../../../src/commands/spec.ts';
import { readOptions } from '../../../src/cli/option-values.ts';
import { CA_CERT } from '../../../src/commands/image-options.ts';
import type { CaissonEvent } from '../../../src/core/events.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import { rejection } from '../../support/errors.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const FILES: Readonly<Record<string, string>> = { 'host.pem': `# host\n${PEM}\n`, 'empty.pem': '' };

function readTextFile(path: string): Promise<string> {
  const text = FILES[path];
  return text === undefined
    ? Promise.reject(new CaissonError('FILE_NOT_READABLE', `'${path}' cannot be read`))
    : Promise.resolve(text);
}

function read(given: string | undefined, hostCertificate: HostCertificate | undefined) {
  const events: CaissonEvent[] = [];
  const options: OptionReader = readOptions([CA_CERT], given === undefined ? {} : { 'ca-cert': given }, {});
  const services = { readTextFile, hostCertificate, emit: (event: CaissonEvent) => events.push(event) };
  return { events, result: readBuildCertificates(options, services as unknown as Services) };
}

describe('what a build trusts', () => {
  it('is nothing unless somebody says so', async () => {
    const { events, result } = read(undefined, undefined);
    expect([await result, events]).toEqual([undefined, []]);
  });

  it('is what the host’s Python tools trust, said aloud', async () => {
    const { events, result } = read(undefined, { path: 'host.pem', variable: 'PIP_CERT' });
    expect(await result).toBe(`${PEM}\n`);
    expect(events).toEqual([
      { type: 'note', message: "the build trusts the certificates of 'host.pem' (PIP_CERT)" },
    ]);
  });

  it.each(['empty.pem', 'missing.pem'])(
    'goes on without a file of the host that cannot be used: %s',
    async (path) => {
      const { events, result } = read(undefined, { path, variable: 'SSL_CERT_FILE' });
      expect(await result).toBeUndefined();
      expect(events).toMatchObject([{ type: 'warning', message: expect.stringContaining('SSL_CERT_FILE') }]);
    },
  );

  it('is --ca-cert alone when it is given, and then a file that cannot be used is an error', async () => {
    const host = { path: 'host.pem', variable: 'PIP_CERT' };
    expect(await rejection(read('empty.pem', host).result)).toMatchObject({ code: 'USAGE' });
    expect(await rejection(read('missing.pem', host).result)).toMatchObject({ code: 'FILE_NOT_READABLE' });
    // 'AAAA' is no certificate: the user's own file is read to its end
    expect(await rejection(read('host.pem', host).result)).toMatchObject({ code: 'USAGE' });
  });
});
