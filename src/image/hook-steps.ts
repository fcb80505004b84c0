import type { ImagePlan } from '../plan/image-plan.ts';
import { secretMounts } from './secret-mounts.ts';

/** What tools of all kinds call their file of trusted certificates. */
const TRUST_VARIABLES = [
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_FILE',
];
const CERTIFICATES = '/mnt/ca.crt';

/** What stands behind RUN for each hook. CA bundle and secrets are there where they can be mounted: a copy would stay in the image. */
export function hookSteps(
  plan: Pick<ImagePlan, 'builder' | 'certificateAuthority' | 'hooks' | 'secrets'>,
): readonly string[] {
  const isTrusting = plan.certificateAuthority === 'in-context' && plan.builder === 'buildkit';
  const mounts = isTrusting
    ? ['--mount=type=tmpfs,target=/mnt', `--mount=type=bind,source=ca.crt,target=${CERTIFICATES}`]
    : [];
  const trust = isTrusting
    ? ['/usr/bin/env', ...TRUST_VARIABLES.map((name) => `${name}=${CERTIFICATES}`)]
    : [];
  const secrets = secretMounts(plan).map((mount) => `--mount=${mount}`);
  return plan.hooks.map((command) =>
    [...secrets, ...mounts, jsonWords([...trust, '/bin/sh', '-ec', command])].join(' '),
  );
}

/**
 * The exec form of RUN: the builder decodes JSON and expands nothing in it, so any text reaches the shell as it is. `<` is escaped, since `<<`
 * begins a heredoc, and so is whatever could end the line or hide in it.
 */
function jsonWords(words: readonly string[]): string {
  const json = `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
  return json.replace(/[<\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g, escapeCharacter);
}

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
