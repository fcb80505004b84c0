import type { Services } from '../services.ts';
import { parseAssignment, resolveAssignments } from './assignment.ts';
import { parseEnvFile } from './env-file.ts';

/** `-e` and `--env-file` of a container: files first, so that `-e` wins, as for docker. Throws USAGE, FILE_NOT_READABLE. */
export async function readContainerEnv(
  given: { readonly env: readonly string[]; readonly envFiles: readonly string[] },
  { lookup, readTextFile }: Pick<Services, 'lookup' | 'readTextFile'>,
): Promise<Readonly<Record<string, string>>> {
  const fromFiles = await Promise.all(
    given.envFiles.map(async (path) => parseEnvFile(await readTextFile(path), { path, lookup })),
  );
  const typed = given.env.map((text) => parseAssignment(text, 'env'));
  return resolveAssignments([...fromFiles.flat(), ...typed], lookup);
}
