import Handlebars from 'handlebars';
import { CaissonError, messageOf } from '../core/errors.ts';
import type { OwnTemplates } from './template-set.ts';

/**
 * Strict: a name that the view does not have is an error. Handlebars still lets `#if` and `#each` of a missing name pass, which the
 * template test checks by walking the templates. No escaping: views are quoted for their place.
 */
const COMPILE_OPTIONS = {
  noEscape: true,
  strict: true,
  preventIndent: true,
  knownHelpersOnly: true,
} as const;

const PARTIAL = 'partials/';
/** Pieces of a shell command stand inside a line: the newline that ends their file is not theirs. */
const SHELL_PARTIAL = 'partials/shell/';
/** Files of the user's that fill a named place; without one, the content of the place is rendered. */
const BLOCK = 'blocks/';

export type Render = (template: string, view: object) => string;

/** The template that `{{> name}}` includes. */
export const partialTemplate = (name: string): string =>
  name.startsWith(BLOCK) ? name : `${PARTIAL}${name}`;

/**
 * Templates by name; names that begin with `partials/` or `blocks/` are parts of the others. What fails with templates of the user's is
 * TEMPLATE_BROKEN, else INTERNAL.
 */
export function createRenderer(templates: Readonly<Record<string, string>>, own?: OwnTemplates): Render {
  const handlebars = Handlebars.create();
  for (const [name, text] of Object.entries(templates)) {
    if (name.startsWith(BLOCK)) handlebars.registerPartial(name, text.replace(/[^\n]$/, '$&\n'));
    if (!name.startsWith(PARTIAL)) continue;
    handlebars.registerPartial(
      name.slice(PARTIAL.length),
      name.startsWith(SHELL_PARTIAL) ? text.replace(/\n$/, '') : text,
    );
  }
  return (name, view) => {
    const text = templates[name];
    if (text === undefined) throw new CaissonError('INTERNAL', `there is no template '${name}'`);
    try {
      return handlebars.compile(text, COMPILE_OPTIONS)(view);
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
