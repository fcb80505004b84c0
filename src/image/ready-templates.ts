import type { Render } from './template-parts.ts';
import type { OwnTemplates, TemplateSet } from './template-set.ts';

/** Templates that can be rendered. */
export interface ReadyTemplates extends TemplateSet {
  readonly render: Render;
}

/** Caisson's templates, with the user's in their place. Handlebars' compiler is loaded for those alone, and when run from source. Throws as withOwnTemplates does. */
export async function readyTemplates(set: TemplateSet, own?: OwnTemplates): Promise<ReadyTemplates> {
  if (own === undefined && set.compiled !== undefined) {
    const { compiledRenderer } = await import('./compiled-templates.ts');
    return { ...set, render: compiledRenderer(set.compiled) };
  }
  const { createRenderer } = await import('./template-engine.ts');
  const { withOwnTemplates } = await import('./own-templates.ts');
  const all = withOwnTemplates(set, own);
  return { ...all, render: createRenderer(all.templates, all.own) };
}
