import type { Requirement } from '../model/requirement.ts';

/** How much of MLflow an image holds. */
export type MlflowPart = 'none' | 'skinny' | 'full';

export interface ServingRequirements {
  /** What is installed. */
  readonly lines: readonly string[];
  /** What the model declares, where that is more: versions are chosen as if all of it was installed. */
  readonly declared: readonly string[];
}

/** What the server needs beside the model's own packages, whoever loads the model: it reads tables with them. */
const TABLES = ['numpy', 'pandas'];

/**
 * The model's requirements with `mlflow` replaced by what serving needs. mlflow brings pandas and numpy, which stay. A line that says more
 * than a version (extras, hashes, a URL) is left as it is, and with it all of MLflow.
 */
export function servingRequirements(
  declared: readonly Requirement[],
  wanted: MlflowPart,
): ServingRequirements {
  const lines = declared.map(({ text }) => text);
  const mlflow = declared.filter(isMlflow);
  if (wanted === 'full' || !mlflow.every(isPlain)) return { lines, declared: [] };
  const others = declared.filter((item) => !isMlflow(item) && nameOf(item) !== 'mlflow-skinny');
  const skinny =
    wanted === 'none'
      ? []
      : mlflow.length === 0
        ? declared.filter((item) => nameOf(item) === 'mlflow-skinny').map(({ text }) => text)
        : mlflow.map(({ text }) => text.replace(/^mlflow/i, 'mlflow-skinny'));
  // one with a marker may not be installed at all
  const certain = others.filter(({ text }) => !text.includes(';')).map(nameOf);
  const tables = TABLES.filter((name) => !certain.includes(name));
  return { lines: [...others.map(({ text }) => text), ...skinny, ...tables], declared: lines };
}

const isMlflow = (item: Requirement): boolean => nameOf(item) === 'mlflow';

const nameOf = (item: Requirement): string | undefined => (item.kind === 'option' ? undefined : item.name);

/** A name and a version, perhaps with a marker. */
const isPlain = ({ kind, text }: Requirement): boolean => kind === 'package' && !/\[|\s--/.test(text);
