import Handlebars from 'handlebars';
import type { OwnTemplates } from './template-set.ts';
import { guarded, partialTexts, type Render } from './template-parts.ts';

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

/** From their texts by name; names that begin with `partials/` or `blocks/` are parts of the others. */
export function createRenderer(templates: Readonly<Record<string, string>>, own?: OwnTemplates): Render {
  const handlebars = Handlebars.create();
  handlebars.registerPartial({ ...partialTexts(templates) });
  return guarded((name) => {
    const text = templates[name];
    return text === undefined ? undefined : (view) => handlebars.compile(text, COMPILE_OPTIONS)(view);
  }, own);
}

/** Sources of JavaScript, by name: what the build keeps so that a renderer needs no compiler (compiled-templates.ts). */
export function compileTemplates(
  templates: Readonly<Record<string, string>>,
): Readonly<Record<'templates' | 'partials', Readonly<Record<string, string>>>> {
  const whole = Object.entries(templates).filter(([name]) => !name.includes('/'));
  return { templates: compiled(Object.fromEntries(whole)), partials: compiled(partialTexts(templates)) };
}

function compiled(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  // a text, whatever the type says
  const compile = (text: string): string => Handlebars.precompile(text, COMPILE_OPTIONS) as string;
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, compile(text)]));
}
