import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';
import { readOptionalText } from '../platform/optional-file.ts';

/** PEM texts of a TLS connection to an engine. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** `skip` is what a docker context may ask for; otherwise the server's certificate is checked. */
  readonly verification?: 'skip';
}

/** Reads ca.pem, cert.pem and key.pem; an absent one is left out. Throws ENGINE_UNREACHABLE for one that cannot be read. */
export async function readTlsFiles(folder: string): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readOptional(join(folder, name))),
  );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readOptionalText(path);
  } catch (cause) {
    throw new CaissonError('ENGINE_UNREACHABLE', `'${path}' cannot be read: ${messageOf(cause)}`, {
      hint: 'check DOCKER_CERT_PATH',
      cause,
    });
  }
}
