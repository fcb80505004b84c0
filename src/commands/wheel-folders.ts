import type { ContextRequest } from '../actions/build-context.ts';
import { isDistributionFile, type Wheelhouse } from '../plan/wheelhouse.ts';
import { usage } from './grammar/usage.ts';
import { isLinkPage } from './indexes.ts';
import type { Services } from './services.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

/** Where packages come from besides an index: the same for generate, build-image and run. */
export const WHEEL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'find-links',
    kind: 'list',
    placeholder: 'DIR|URL',
    summary: 'folder with wheels, or a page with links to them, to install from as well',
  },
  {
    name: 'offline',
    kind: 'flag',
    summary: 'install from the folders of --find-links alone, without a network',
  },
];

/** Where the files are, and what the plan knows of them. */
export interface GivenWheels {
  readonly wheels: ContextRequest['wheels'];
  readonly wheelhouse: Wheelhouse | undefined;
}

/** The files in the folders of --find-links; of two with one name the first. Throws USAGE, FILE_NOT_READABLE. */
export async function readWheelFolders(
  options: OptionReader,
  { listFolder }: Pick<Services, 'listFolder'>,
): Promise<GivenWheels> {
  const folders = options.list('find-links').filter((place) => !isLinkPage(place));
  const use = options.flag('offline') ? 'only' : 'also';
  if (folders.length === 0) {
    if (use === 'only')
      throw usage(
        '--offline needs a folder of wheels',
        'name it with --find-links DIR; docs/locking.md tells how to fill one',
      );
    return { wheels: undefined, wheelhouse: undefined };
  }
  const listed = await Promise.all(folders.map((folder) => listFolder(folder, isDistributionFile)));
  const byName = new Map(
    listed
      .flat()
      .reverse()
      .map((file) => [file.name, file]),
  );
  if (byName.size === 0)
    throw usage(
      `'${folders.join("' and '")}' for --find-links holds no .whl, .tar.gz or .zip file`,
      'files in folders below it do not count; fill it with: pip download --dest DIR',
    );
  const wheels = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { wheels, wheelhouse: { files: wheels.map(({ name }) => name), use } };
}

/** Of the steps of the build: without a network, unless the user names one. */
export const networkOf = (
  wheelhouse: Wheelhouse | undefined,
  asked: string | undefined,
): string | undefined => asked ?? (wheelhouse?.use === 'only' ? 'none' : undefined);
