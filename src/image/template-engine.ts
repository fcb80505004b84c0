import Handlebars from 'handlebars';
import { CaissonError, messageOf } from '../core/errors.ts';

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

export type Render = (template: string, view: object) => string;

/** Templates by name; names that begin with `partials/` are blocks for the others. */
export function createRenderer(templates: Readonly<Record<string, string>>): Render {
  const handlebars = Handlebars.create();
  for (const [name, text] of Object.entries(templates)) {
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
      throw new CaissonError('INTERNAL', `the template '${name}' failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
}
