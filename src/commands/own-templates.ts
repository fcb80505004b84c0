import type { OwnTemplates } from '../image/template-set.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

/** The templates of --templates; undefined without the option. Throws USAGE, FILE_NOT_READABLE. */
export async function readOwnTemplates(
  options: OptionReader,
  { readTemplates }: Pick<Services, 'readTemplates'>,
): Promise<OwnTemplates | undefined> {
  const folder = options.value('templates');
  return folder === undefined ? undefined : { folder, files: await readTemplates(folder) };
}
