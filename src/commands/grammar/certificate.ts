import { X509Certificate } from 'node:crypto';
import { CaissonError } from '../../core/errors.ts';
import { usage } from './usage.ts';

const BLOCK = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/**
 * The certificates of a PEM file, and nothing else of it: comments and, above all, private keys stay out of the build context.
 * Throws USAGE naming the file when it holds none.
 */
export function extractCertificates(text: string, path: string): string {
  return `${certificateBlocks(text, path).join('\n')}\n`;
}

/** The same, each certificate read: for a file that the user names, where a broken one would only show in the build. Throws USAGE. */
export function parseCertificates(text: string, path: string): string {
  certificateBlocks(text, path).forEach((block, index) => {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw new CaissonError('USAGE', `certificate ${index + 1} of '${path}' is broken`, { cause: error });
    }
  });
  return extractCertificates(text, path);
}

function certificateBlocks(text: string, path: string): readonly string[] {
  const blocks = text.match(BLOCK);
  if (blocks !== null) return blocks;
  throw usage(`'${path}' holds no PEM certificate`, 'a PEM file holds -----BEGIN CERTIFICATE-----');
}
