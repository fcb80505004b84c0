import type { ResolvedModel } from '../model/resolved-model.ts';
import type { Pair } from './sorted-pairs.ts';

const MAX_NAMES = 12;

/** What the user should know of files that a model brings and nothing else tells of. */
export function modelNotes({ files, mlmodel }: ResolvedModel, env: readonly Pair[]): readonly string[] {
  const has = (name: string): boolean => files.some(({ path }) => path === name);
  const given = new Set(env.map(([name]) => name));
  const names = mlmodel.environmentVariables.filter((name) => !given.has(name));
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return [
    // MLflow's own environments install from it; what it pins stands in requirements.txt, where every other tool reads it
    ...(has('uv.lock') && has('requirements.txt')
      ? [
          "the model's uv.lock stays as it is: the versions are those of its requirements.txt, which MLflow exports from it",
        ]
      : []),
    ...(names.length === 0
      ? []
      : [
          `when the model was logged it used ${shown}${names.length > MAX_NAMES ? ', …' : ''}: give the container what it needs of these with -e NAME`,
        ]),
  ];
}
