import { CaissonError } from '../core/errors.ts';

/** What the steps that install may use and the image must not keep: names only, values go to the engine. */
export interface BuildSecrets {
  /** Ids of secrets. */
  readonly ids: readonly string[];
  readonly ssh: 'none' | 'agent';
}

/** Ids with a meaning: other ones are for the user's own steps. */
export const SECRET_ID = { netrc: 'netrc', pipConfig: 'pip.conf', knownHosts: 'known_hosts' } as const;

/** Each id once, sorted. Throws USAGE for the classic builder, which could keep a secret out of the image in no way. */
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
  return { ids: [...new Set(ids)].sort(), ssh };
}
