import type { PythonEnvironment } from '../model/python-environment.ts';
import type { OptionRequirement, Requirement } from '../model/requirement.ts';
import type { IndexUrls } from './index-urls.ts';

/** Where the resolver of uv must be told to do as pip does. */
export interface ResolverOptions {
  /** `best-match`: with several indexes the best version of all wins, which is pip's rule; uv's own takes the first that has the name. */
  readonly indexStrategy: 'first-index' | 'best-match';
  /** `allow` is pip's --pre. */
  readonly prereleases: 'when-named' | 'allow';
  /** Hosts whose TLS is not checked: pip's --trusted-host. */
  readonly insecureHosts: readonly string[];
}

interface ResolverPlan {
  readonly options: ResolverOptions;
  /** Option lines that uv reads in a requirements file as pip does. */
  readonly fileLines: readonly string[];
  readonly warnings: readonly string[];
}

/** uv reads these in a requirements file as pip does. */
const READ_BY_UV: ReadonlySet<string> = new Set([
  '--no-index',
  '--no-binary',
  '--only-binary',
  '--require-hashes',
]);
/** So these, when they hold a URL; a folder of the machine that logged the model means nothing in a build. */
const READ_BY_UV_AS_URL: ReadonlySet<string> = new Set(['--index-url', '--extra-index-url', '--find-links']);
const ON_COMMAND_LINE: ReadonlySet<string> = new Set(['--pre', '--trusted-host']);

/** Sorts pip's options of a requirements file into those that stay in it, those that uv takes on its command line, and the rest. */
export function resolverOptions(environment: PythonEnvironment, indexes: IndexUrls): ResolverPlan {
  const options = [...environment.requirements, ...environment.constraints].filter(isOption);
  const kept = options.filter(staysInFile);
  const ignored = options.filter((item) => !staysInFile(item) && !ON_COMMAND_LINE.has(item.option));
  const hasSeveral =
    indexes.extraIndexUrls.length > 0 || kept.some(({ option }) => option === '--extra-index-url');
  return {
    options: {
      indexStrategy: hasSeveral ? 'best-match' : 'first-index',
      prereleases: options.some(({ option }) => option === '--pre') ? 'allow' : 'when-named',
      insecureHosts: options.filter(({ option }) => option === '--trusted-host').map(({ value }) => value),
    },
    fileLines: kept.map(({ text }) => text),
    warnings: ignored.map(
      ({ text }) => `the option '${text}' in the model's requirements is ignored: a build cannot use it`,
    ),
  };
}

const staysInFile = ({ option, value }: OptionRequirement): boolean =>
  READ_BY_UV.has(option) || (READ_BY_UV_AS_URL.has(option) && /^https?:\/\//i.test(value));

/** Whether a line of pip's options may stand in a lock: such lines of the model are copied into it. */
export const mayStandInLock = (line: string): boolean => {
  const option = line.split(/[=\s]/, 1)[0] ?? '';
  return READ_BY_UV.has(option) || READ_BY_UV_AS_URL.has(option);
};

/** Options that name an index or a page, which some command or another may leave out. */
export const isIndexOption = ({ option }: OptionRequirement): boolean => READ_BY_UV_AS_URL.has(option);

const isOption = (item: Requirement): item is OptionRequirement => item.kind === 'option';
