import { CaissonError } from '../core/errors.ts';
import { checkTemplates } from './template-check.ts';
import { BLOCKS } from './template-vocabulary.ts';
import type { OwnTemplates, TemplateSet } from './template-set.ts';

/**
 * Caisson's templates with the user's in their place. Throws USAGE for a name that nothing has, and TEMPLATE_BROKEN with file and line for
 * a template that cannot be read or names a value that there is not.
 */
export function withOwnTemplates(set: TemplateSet, own: OwnTemplates | undefined): TemplateSet {
  if (own === undefined) return set;
  const names = Object.keys(own.files);
  if (names.length === 0)
    throw new CaissonError('USAGE', `the folder '${own.folder}' holds no templates`, {
      hint: 'caisson templates eject writes them into a folder',
    });
  for (const name of names)
    if (!Object.hasOwn(set.templates, name) && !isBlock(name)) throw unknownName(name, own, set);
  const merged = { ...set, templates: { ...set.templates, ...own.files }, own };
  const { included } = checkTemplates(merged.templates, own);
  const idle = names.find((name) => isBlock(name) && !included.has(name));
  if (idle === undefined) return merged;
  throw new CaissonError('USAGE', `'${own.folder}/${idle}.hbs' fills a block that no Dockerfile has`, {
    hint: `put {{#> ${idle}}}{{/${idle}}} into the Dockerfile of '${own.folder}', or remove the file`,
  });
}

const isBlock = (name: string): boolean =>
  name.startsWith('blocks/') && Object.hasOwn(BLOCKS, name.slice('blocks/'.length));

function unknownName(name: string, { folder }: OwnTemplates, { templates }: TemplateSet): CaissonError {
  const names = [...Object.keys(templates), ...Object.keys(BLOCKS).map((block) => `blocks/${block}`)];
  const listed = names.sort().map((known) => `${known}.hbs`);
  return new CaissonError('USAGE', `'${folder}/${name}.hbs' replaces nothing: no template is named so`, {
    hint: `there are ${listed.join(', ')}`,
  });
}
