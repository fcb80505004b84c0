import { SECRET_ID } from '../plan/build-secrets.ts';
import { parseNetrc } from './grammar/netrc.ts';
import { parseSecret, type SecretSpec } from './grammar/secret.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';

/** Bytes: BuildKit's own limit. */
const MAX_SECRET = 500 * 1024;
/** Characters: shorter lines of a secret may be ordinary words. */
const MIN_LINE = 8;

/** The values of --secret by id, hidden from output. Throws USAGE, FILE_NOT_READABLE. */
export async function readSecrets(
  texts: readonly string[],
  services: Pick<Services, 'lookup' | 'readSmallFile' | 'hide'>,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const secrets = new Map<string, Uint8Array>();
  for (const spec of texts.map(parseSecret)) {
    if (secrets.has(spec.id)) throw usage(`the secret '${spec.id}' is given twice`);
    const value = await readValue(spec, services);
    if (value.length > MAX_SECRET)
      throw usage(`the secret '${spec.id}' is larger than 500 kB`, 'BuildKit takes no larger ones');
    services.hide(...textsToHide(spec.id, Buffer.from(value).toString('utf8')));
    secrets.set(spec.id, value);
  }
  return Object.fromEntries(secrets);
}

async function readValue(
  { id, place }: SecretSpec,
  { lookup, readSmallFile }: Pick<Services, 'lookup' | 'readSmallFile'>,
): Promise<Uint8Array> {
  if (place.kind === 'file') return readSmallFile(place.path, MAX_SECRET);
  const value = lookup(place.kind === 'variable' ? place.name : id);
  if (value !== undefined) return Buffer.from(value);
  if (place.kind === 'unsaid') return readSmallFile(id, MAX_SECRET);
  throw usage(`the variable '${place.name}' of the secret '${id}' is not set`);
}

/** What of a secret a log could print: of a netrc the passwords, since hosts and users are needed to understand an error. */
function textsToHide(id: string, text: string): readonly string[] {
  if (id === SECRET_ID.netrc) return parseNetrc(text).map(({ password }) => password);
  // host keys are public, and what pip.conf hides is in its URLs
  if (id === SECRET_ID.knownHosts || id === SECRET_ID.pipConfig) return [];
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [text.trim(), ...lines.filter((line) => line.length >= MIN_LINE)];
}
