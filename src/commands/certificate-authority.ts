import { messageOf } from '../core/errors.ts';
import { extractCertificates, parseCertificates } from './grammar/certificate.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

/** The certificates of --ca-cert; undefined without the option. Throws USAGE, FILE_NOT_READABLE. */
export async function readGivenCertificates(
  options: OptionReader,
  { readTextFile }: Pick<Services, 'readTextFile'>,
): Promise<string | undefined> {
  const path = options.value('ca-cert');
  return path === undefined ? undefined : parseCertificates(await readTextFile(path), path);
}

/**
 * What a build trusts: --ca-cert, else what this host's own Python tools trust, said aloud. A host's file that cannot be used is
 * a warning and not an error: the user did not name it here.
 */
export async function readBuildCertificates(
  options: OptionReader,
  { readTextFile, hostCertificate, emit }: Services,
): Promise<string | undefined> {
  const given = await readGivenCertificates(options, { readTextFile });
  if (given !== undefined || hostCertificate === undefined) return given;
  const { path, variable } = hostCertificate;
  try {
    const certificates = extractCertificates(await readTextFile(path), path);
    emit({ type: 'note', message: `the build trusts the certificates of '${path}' (${variable})` });
    return certificates;
  } catch (error) {
    const message = `${variable} is left out of the build: ${messageOf(error)}`;
    emit({ type: 'warning', message, hint: 'name the certificates with --ca-cert' });
    return undefined;
  }
}
