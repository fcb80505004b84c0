import { CaissonError, type ErrorDetails } from '../core/errors.ts';
import { createRedactor } from '../core/redaction.ts';
import type { RegistryLogin } from '../model/registry-credentials.ts';

/** The sentence that a registry's own words belong to. */
export interface RegistryAnswer {
  readonly registry: string;
  /** Such as `to write 'localhost:5000/iris:1'`. */
  readonly what: string;
  readonly status: number;
  readonly body: string;
  readonly login: RegistryLogin | undefined;
}

/** Characters of a registry's words that are shown. */
const MAX_WORDS = 300;

/** REGISTRY_DENIED or REGISTRY_FAILED for an answer that is no success. */
export function answerFailure(answer: RegistryAnswer): CaissonError {
  const { registry, what, status, login } = answer;
  const words = wordsOf(answer);
  if (status === 401 || status === 403)
    return new CaissonError('REGISTRY_DENIED', `registry '${registry}' refuses ${what}`, {
      hint: deniedHint(registry, login),
      detail: words === '' ? `HTTP status ${status}` : words,
    });
  const reason = words === '' ? `HTTP status ${status}` : `${words} (HTTP status ${status})`;
  const hint =
    status === 429 ? 'wait a while, or log in with docker login: it limits how much one may ask' : undefined;
  return registryFailure(registry, `it fails ${what}: ${reason}`, { hint });
}

export function registryFailure(registry: string, reason: string, details: ErrorDetails = {}): CaissonError {
  return new CaissonError('REGISTRY_FAILED', `registry '${registry}': ${reason}`, {
    ...details,
    hint: details.hint ?? 'check that the registry runs, and its name in the reference',
  });
}

function deniedHint(registry: string, login: RegistryLogin | undefined): string {
  const command = `docker login${registry === 'docker.io' ? '' : ` ${registry}`}`;
  return login === undefined
    ? `log in with: ${command}`
    : `the login may not do this, or has run out: log in again with ${command}`;
}

/** `CODE: message` of each error in the body, on one line, without the login and without what a terminal obeys. */
function wordsOf({ body, login }: RegistryAnswer): string {
  const redact = createRedactor([login?.password, login?.identityToken].filter((text) => text !== undefined));
  const words = errorsIn(body)
    .map(({ code, message }) =>
      [code, message].filter((text) => typeof text === 'string' && text !== '').join(': '),
    )
    .filter((text) => text !== '')
    .join('; ');
  const line = redact(words)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}

interface ErrorEntry {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** `{"errors": [{"code", "message"}]}`; token services also say `{"details"}` or `{"message"}`. */
function errorsIn(body: string): readonly ErrorEntry[] {
  try {
    const root = JSON.parse(body) as unknown;
    if (typeof root !== 'object' || root === null) return [];
    const { errors, details, message } = root as Readonly<Record<string, unknown>>;
    if (!Array.isArray(errors)) return [{ message: details ?? message }];
    return errors.filter((entry): entry is ErrorEntry => typeof entry === 'object' && entry !== null);
  } catch {
    return [];
  }
}
