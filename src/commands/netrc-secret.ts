import { parseNetrc, writeNetrc, type NetrcEntry } from './grammar/netrc.ts';
import { usage } from './grammar/usage.ts';

/**
 * The netrc file of a build: the logins of index URLs, then the user's own file. undefined when there is neither. A netrc file knows hosts
 * and no ports or paths, so one host has one login. Throws USAGE for two different ones.
 */
export function mergeNetrc(
  logins: readonly NetrcEntry[],
  given: Uint8Array | undefined,
): Uint8Array | undefined {
  const own = distinct(logins);
  if (own.length === 0) return given;
  const theirs = parseNetrc(Buffer.from(given ?? []).toString('utf8'));
  for (const entry of own) {
    const other = theirs.find(({ machine }) => machine === entry.machine);
    if (other !== undefined && !isSame(other, entry))
      throw usage(
        `the secret netrc has another login for '${entry.machine ?? ''}' than an index URL`,
        'give the login in one of the two places',
      );
  }
  return Buffer.concat([Buffer.from(writeNetrc(own)), given ?? Buffer.alloc(0)]);
}

function distinct(logins: readonly NetrcEntry[]): readonly NetrcEntry[] {
  const byHost = new Map<string | undefined, NetrcEntry>();
  for (const entry of logins) {
    const other = byHost.get(entry.machine);
    if (other !== undefined && !isSame(other, entry))
      throw usage(
        `the index URLs have two logins for '${entry.machine ?? ''}'`,
        'a build has one login a host: give one that may read all of its indexes',
      );
    byHost.set(entry.machine, entry);
  }
  return [...byHost.values()];
}

const isSame = (one: NetrcEntry, other: NetrcEntry): boolean =>
  one.login === other.login && one.password === other.password;
