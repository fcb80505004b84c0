import { CaissonError } from '../core/errors.ts';

/** What the steps that install may use and the image must not keep: names only, values go to the engine. */
export interface BuildSecrets {
  /** Ids of secrets. */
  readonly ids: readonly string[];
  readonly ssh: 'none' | 'agent';
}

/** Ids with a meaning: other ones are for the user's own steps. */
export const SECRET_ID = { netrc: 'netrc', pipConfig: 'pip.conf', knownHosts: 'known_hosts' } as const;

/** An id becomes a file name and a word of a mount option. */
export const isSecretId = (id: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(id);

/** Each id once, sorted. Throws USAGE for what is no id, and for the classic builder, which could keep a secret out of the image in no way. */
export function planBuildSecrets({
  builder,
  secrets: { ids, ssh },
}: {
  readonly builder: 'buildkit' | 'classic';
  readonly secrets: BuildSecrets;
}): BuildSecrets {
  if (builder === 'classic' && (ids.length > 0 || ssh === 'agent'))
    throw new CaissonError(
      'USAGE',
      `the classic builder has no ${ids.length > 0 ? `secrets, and '${ids[0] ?? ''}' is one` : 'ssh agent'}`,
      {
        hint: 'secrets, --ssh and logins of package indexes need an engine with BuildKit, and --builder buildkit or auto',
      },
    );
  const wrong = ids.find((id) => !isSecretId(id));
  if (wrong !== undefined)
    throw new CaissonError('USAGE', `${JSON.stringify(wrong)} is not the id of a secret`, {
      hint: 'an id holds letters, digits and . _ -',
    });
  return { ids: [...new Set(ids)].sort(), ssh };
}
