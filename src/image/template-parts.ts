import { CaissonError, messageOf } from '../core/errors.ts';
import type { OwnTemplates } from './template-set.ts';

/** A template by its name, filled with the values of a view. */
export type Render = (template: string, view: object) => string;

const PARTIAL = 'partials/';
/** Pieces of a shell command stand inside a line: the newline that ends their file is not theirs. */
const SHELL_PARTIAL = 'partials/shell/';
/** Files of the user's that fill a named place; without one, the content of the place is rendered. */
const BLOCK = 'blocks/';

/** The template that `{{> name}}` includes. */
export const partialTemplate = (name: string): string =>
  name.startsWith(BLOCK) ? name : `${PARTIAL}${name}`;

/** The texts of what `{{> name}}` includes, by that name. */
export function partialTexts(templates: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, text]) => {
      if (name.startsWith(BLOCK)) return [[name, text.replace(/[^\n]$/, '$&\n')]];
      if (!name.startsWith(PARTIAL)) return [];
      return [[name.slice(PARTIAL.length), name.startsWith(SHELL_PARTIAL) ? text.replace(/\n$/, '') : text]];
    }),
  );
}

/** Renders; what fails with templates of the user's is TEMPLATE_BROKEN, else INTERNAL. */
export function guarded(
  find: (name: string) => ((view: object) => string) | undefined,
  own?: OwnTemplates,
): Render {
  return (name, view) => {
    const template = find(name);
    if (template === undefined) throw new CaissonError('INTERNAL', `there is no template '${name}'`);
    try {
      return template(view);
    } catch (error) {
      const place = own === undefined ? '' : ` with the templates in '${own.folder}'`;
      throw new CaissonError(
        own === undefined ? 'INTERNAL' : 'TEMPLATE_BROKEN',
        `the template '${name}' failed${place}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  };
}
