import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { compiledRenderer } from '../../../src/image/compiled-templates.ts';
import { dockerfileView } from '../../../src/image/dockerfile-view.ts';
import { readyTemplates } from '../../../src/image/ready-templates.ts';
import { compileTemplates, createRenderer } from '../../../src/image/template-engine.ts';
import type { CompiledTemplates } from '../../../src/image/template-set.ts';
import { planImage, type ImageRequest } from '../../../src/plan/image-plan.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { codeOf } from '../../support/errors.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

const set = await loadTemplateSet();

/** As the build writes them into a module, which node then reads. */
function read(templates: Readonly<Record<string, string>>): CompiledTemplates {
  const { templates: whole, partials } = compileTemplates(templates);
  const values = (sources: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, runInThisContext(`(${source})`) as object]),
    );
  return { templates: values(whole), partials: values(partials) };
}

const REQUESTS: readonly Partial<ImageRequest>[] = [
  {},
  { certificateAuthority: 'in-context', env: { A: '{{b}} & "c"' }, labels: { 'a.b': '$x' } },
  {
    modelSource: 'load-at-start',
    extraIndexUrls: ['https://example.com/simple'],
    buildArgNames: ['ARG_ONE'],
  },
];

describe('compiled templates', () => {
  it.each([
    'Dockerfile.buildkit',
    'Dockerfile.classic',
    'Dockerfile.resolve.buildkit',
    'Dockerfile.resolve.classic',
  ])('%s renders as its text does', (name) => {
    const [fromText, compiled] = [createRenderer(set.templates), compiledRenderer(read(set.templates))];
    for (const request of REQUESTS) {
      const view = dockerfileView(planImage(resolvedModel(), imageRequest(request)));
      expect(compiled(name, view)).toBe(fromText(name, view));
    }
  });

  it('are as strict as texts, and escape as little', () => {
    const render = compiledRenderer(read({ good: '{{a}}', bad: '{{b}}' }));
    expect(render('good', { a: `<&"'\`=` })).toBe(`<&"'\`=`);
    expect(codeOf(() => render('bad', { a: '' }))).toBe('INTERNAL');
    expect(codeOf(() => render('none', {}))).toBe('INTERNAL');
  });

  it('are taken where they are, and not for templates of the user', async () => {
    const compiled = read({ dockerignore: 'compiled\n' });
    const { render } = await readyTemplates({ ...set, compiled });
    expect(render('dockerignore', {})).toBe('compiled\n');
    const own = { folder: 'mine', files: { dockerignore: 'mine\n' } };
    expect((await readyTemplates({ ...set, compiled }, own)).render('dockerignore', {})).toBe('mine\n');
  });
});
