import { CaissonError, isCaissonError } from '../core/errors.ts';
import { runProgram } from '../platform/process.ts';
import type { ImageSigner, SignatureRequest } from './port.ts';

const COSIGN = 'cosign';

/** Signs with the cosign of this machine, which reads its own variables (COSIGN_PASSWORD, SIGSTORE_ID_TOKEN …) from the environment. */
export function createCosign(): ImageSigner {
  return { check, sign };
}

async function check(signal: AbortSignal): Promise<void> {
  try {
    await runProgram({ program: COSIGN, argv: ['version'], signal, onLine: () => undefined });
  } catch (error) {
    if (!isCaissonError(error) || error.code !== 'PROGRAM_MISSING') throw error;
    throw new CaissonError('PROGRAM_MISSING', `images are signed by '${COSIGN}', which is not on the PATH`, {
      hint: 'install cosign (https://docs.sigstore.dev/cosign), or leave --sign and --sign-key out',
      cause: error,
    });
  }
}

/** --yes: nobody is there to confirm that the signature becomes public. */
async function sign({ image, key, signal, onLine }: SignatureRequest): Promise<void> {
  const argv = ['sign', '--yes', ...(key === undefined ? [] : ['--key', key]), image];
  const { exitCode, tail } = await runProgram({ program: COSIGN, argv, signal, onLine });
  if (exitCode === 0) return;
  const outcome = exitCode === undefined ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
  throw new CaissonError('SIGNING_FAILED', `'${COSIGN} sign' of '${image}' ${outcome}`, {
    hint: `the image is pushed; sign it with: ${COSIGN} sign ${image}`,
    detail: tail,
  });
}
