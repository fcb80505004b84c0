import type Handlebars from 'handlebars';
import handlebarsRuntime from 'handlebars/runtime.js';
import { guarded, type Render } from './template-parts.ts';
import type { CompiledTemplates } from './template-set.ts';

/** Its own types leave out everything. */
const runtime = handlebarsRuntime as unknown as Pick<typeof Handlebars, 'create'>;

/** From what template-engine.ts compiled: Handlebars without its compiler, which takes 0.1 s to load and to compile these templates. */
export function compiledRenderer({ templates, partials }: CompiledTemplates): Render {
  const handlebars = runtime.create();
  const ready = (source: object): Handlebars.TemplateDelegate => handlebars.template(source);
  for (const [name, source] of Object.entries(partials)) handlebars.registerPartial(name, ready(source));
  return guarded((name) => {
    const source = templates[name];
    return source === undefined ? undefined : ready(source);
  });
}
