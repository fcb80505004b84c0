import { describe, expect, it } from 'vitest';
import { withOwnTemplates } from '../../../src/image/own-templates.ts';
import { renderContext } from '../../../src/image/render-context.ts';
import { createRenderer } from '../../../src/image/template-engine.ts';
import type { ReadyTemplates } from '../../../src/image/ready-templates.ts';
import type { TemplateSet } from '../../../src/image/template-set.ts';
import { BLOCKS, TEMPLATE_VALUES } from '../../../src/image/template-vocabulary.ts';
import { planImage, type Builder } from '../../../src/plan/image-plan.ts';
import { templatesDigest } from '../../../src/plan/templates-digest.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { thrownBy } from '../../support/errors.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';
import { KEPT_UV, withoutKeptUv } from '../../support/kept-uv.ts';

const defaults = await loadTemplateSet();
const model = resolvedModel();
const BUILDERS = ['buildkit', 'classic'] as const;

const ready = (set: TemplateSet): ReadyTemplates => ({
  ...set,
  render: createRenderer(set.templates, set.own),
});

const check = (files: Readonly<Record<string, string>>) =>
  withOwnTemplates(defaults, { folder: 'mine', files });

function rendered(
  files: Readonly<Record<string, string>>,
  builder: Builder,
): Readonly<Record<string, string>> {
  const plan = planImage(model, imageRequest({ builder, templatesSha256: templatesDigest(files) }));
  const { entries } = renderContext({ plan, model, templates: ready(check(files)) });
  return Object.fromEntries(
    entries.flatMap(({ path, content }) => (content.kind === 'text' ? [[path, content.text]] : [])),
  );
}

function plainDockerfile(builder: Builder): string {
  const plan = planImage(model, imageRequest({ builder }));
  const { entries } = renderContext({ plan, model, templates: ready(defaults) });
  const content = entries.find(({ path }) => path === 'Dockerfile')?.content;
  return content?.kind === 'text' ? content.text : '';
}

describe('own templates', () => {
  it.each(BUILDERS)('replace those of their name, and their digest is a label (%s)', (builder) => {
    const files = {
      [`Dockerfile.${builder}`]:
        'FROM {{baseImage}}\n{{#each labels}}\nLABEL {{this}}\n{{/each}}\n{{> mine-not}}\n'.replace(
          '{{> mine-not}}\n',
          '{{> build-args}}',
        ),
      'requirements.txt': '# mine\n{{#each lines}}\n{{this}}\n{{/each}}\n',
      dockerignore: 'model/secret\n',
    };
    const found = rendered(files, builder);
    expect(found['Dockerfile']).toMatch(/^FROM python:3\.11-slim\nLABEL /);
    expect(found['Dockerfile']).toContain(`LABEL io.caisson.templates.sha256="${templatesDigest(files)}"\n`);
    expect(found['requirements.txt']).toMatch(/^# mine\nscikit-learn==/);
    expect(found['.dockerignore']).toBe('model/secret\n');
    expect(plainDockerfile(builder)).not.toContain('io.caisson.templates');
  });

  it.each(BUILDERS)('fill every block, once each and in the order of the list (%s)', (builder) => {
    const names = Object.keys(BLOCKS);
    // without a newline at the end: what follows must not be joined
    const files = Object.fromEntries(names.map((name) => [`blocks/${name}`, `# <${name}> {{port}}`]));
    const lines = rendered(files, builder)['Dockerfile']?.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('# <'))).toEqual(names.map((name) => `# <${name}> 5001`));
  });

  it.each(BUILDERS)('extend what a block holds (%s)', (builder) => {
    const wrap = (name: string) => `# before\n{{> @partial-block}}\n# after ${name}\n`;
    const files = Object.fromEntries(Object.keys(BLOCKS).map((name) => [`blocks/${name}`, wrap(name)]));
    const text = rendered(files, builder)['Dockerfile'] ?? '';
    expect(text).toMatch(/# before\nHEALTHCHECK [^\n]*\\\n {4}CMD [^\n]*\n# after healthcheck\nENTRYPOINT /);
    const own = /^(?:# before|# after .*|LABEL io\.caisson\.templates\.sha256=.*)\n/gm;
    expect(withoutKeptUv(text.replace(own, ''))).toBe(withoutKeptUv(plainDockerfile(builder)));
  });

  it('are not there when nobody asks', () => {
    expect(withOwnTemplates(defaults, undefined)).toBe(defaults);
  });

  it('may be all of caisson’s', () => {
    const text = rendered(defaults.templates, 'buildkit')['Dockerfile'] ?? '';
    const own = /^LABEL io.caisson.templates.*\n/m;
    expect(withoutKeptUv(text.replace(own, ''))).toBe(withoutKeptUv(plainDockerfile('buildkit')));
  });

  it.each(BUILDERS)('say how everything is compiled, the server as well (%s)', (builder) => {
    const files = { 'partials/shell/compile': 'mine {{python}} {{folder}}' };
    const found = rendered(files, builder)['Dockerfile'] ?? '';
    const server = builder === 'buildkit' ? '"$python"' : '/opt/venv/bin/python';
    expect([...found.matchAll(/mine (\S+ \S+)/g)].map(([, said]) => said).sort()).toEqual(
      [
        `${server} /opt/caisson/runtime`,
        '/opt/venv/bin/python /opt/caisson/lib',
        '/opt/venv/bin/python /opt/venv/lib',
      ].sort(),
    );
    expect(found).not.toContain('bytecode.py');
  });

  it('never take the uv that other templates installed', () => {
    const text = rendered({ 'partials/shell/install-uv': 'true' }, 'buildkit')['Dockerfile'] ?? '';
    const [[own], [plain]] = [text.match(KEPT_UV) ?? [], plainDockerfile('buildkit').match(KEPT_UV) ?? []];
    expect(own).toMatch(/^[0-9a-f]{32}$/);
    expect(own).not.toBe(plain);
  });

  it('may use what Handlebars has', () => {
    const text = `{{#*inline "line"}}# {{port}} {{what}}{{/inline}}
{{> line what="x"}}
{{#unless hasHandler}}
# no handler
{{/unless}}
{{^hasHandler}}
# none
{{/hasHandler}}
{{#each env as |pair index|}}
# {{index}} {{@index}} {{pair}} {{this}} {{../port}} {{@root.user}} {{#if @first}}first{{/if}}
{{else}}
# {{port}}
{{/each}}
{{#with (lookup env 0)}}
# {{this}}
{{/with}}
{{!-- {{nothing}} --}}
\\{{nothing}}
`;
    expect(rendered({ 'blocks/end': text }, 'classic')['Dockerfile']).toContain(
      '# 5001 x# no handler\n# none\n# 0 0 HOME="/tmp" HOME="/tmp" 5001 10001:0 first\n',
    );
  });
});

describe('an own template that cannot be used is refused before anything is rendered', () => {
  it.each([
    [
      'blocks/end',
      'a\n{{hasModle}}',
      2,
      "'hasModle' is no value of this place",
      /^the values are baseImage, /,
    ],
    ['blocks/end', '{{#if hasModle}}x{{/if}}', 1, "'hasModle' is no value of this place", /^the values are/],
    [
      'blocks/end',
      '{{#if hasModel}}\n{{#each evn}}{{/each}}{{/if}}',
      2,
      "'evn' is no value of this place",
      /./,
    ],
    [
      'blocks/end',
      '{{#each env}}{{port}}{{/each}}',
      1,
      "'port' is no value of this place",
      /write \.\.\/name/,
    ],
    ['blocks/end', '{{#each env}}{{../prot}}{{/each}}', 1, "'../prot' is no value of this place", /./],
    ['blocks/end', '{{../port}}', 1, "nothing lies outside for '../port'", undefined],
    ['blocks/end', '{{@index2}}', 1, "'@index2' is no value of this place", undefined],
    ['blocks/end', '{{constructor}}', 1, "'constructor' is no value of this place", undefined],
    ['blocks/end', '{{upper port}}', 1, "there is no helper 'upper'", undefined],
    ['blocks/end', '{{#if (eq port 1)}}{{/if}}', 1, "there is no helper 'eq'", undefined],
    ['blocks/end', '{{> sevre}}', 1, "there is no partial 'sevre'", undefined],
    ['blocks/end', '{{> build-args x=y}}', 1, "'y' is no value of this place", undefined],
    ['blocks/end', '{{> blocks/end}}', 1, 'it includes itself', undefined],
    ['blocks/end', '\n\n{{/if}}', 3, "'OPEN_ENDBLOCK' is not expected here", undefined],
    ['blocks/end', '{{#if port}}\nx', 2, "'EOF' is not expected here", undefined],
    ['blocks/end', '\n{{#if port}}x{{/each}}', 2, "if doesn't match each", undefined],
    ['requirements.txt', '{{port}}', 1, "'port' is no value of this place", /^the values are lines$/],
    [
      'Dockerfile.classic',
      '{{> @partial-block}}',
      1,
      'only the file of a block has a @partial-block',
      undefined,
    ],
    ['partials/shell/compile', '{{floder}}', 1, "'floder' is no value of this place", /folder/],
  ])('%s: %j', (name, text, line, reason, hint) => {
    const error = thrownBy(() => check({ [name]: text }));
    expect(error).toMatchObject({
      code: 'TEMPLATE_BROKEN',
      exitCode: 2,
      message: `the template 'mine/${name}.hbs' is broken in line ${line}: ${reason}`,
    });
    if (hint !== undefined) expect(error).toMatchObject({ hint: expect.stringMatching(hint) });
  });

  it('a value that is asked for more than it has fails with the folder’s name', () => {
    const error = thrownBy(() => rendered({ 'blocks/end': '{{port.number}}' }, 'buildkit'));
    expect(error).toMatchObject({
      code: 'TEMPLATE_BROKEN',
      message: expect.stringContaining("'Dockerfile.buildkit' failed with the templates in 'mine': "),
    });
  });

  it.each(['Dockerfile', 'blocks/ende', 'blocks/toString', 'toString', '__proto__', 'runtime/serve'])(
    '%s.hbs replaces nothing',
    (name) => {
      expect(thrownBy(() => check({ ['blocks/end']: '', [name]: '' }))).toMatchObject({
        code: 'USAGE',
        message: `'mine/${name}.hbs' replaces nothing: no template is named so`,
        hint: expect.stringMatching(
          /^there are Dockerfile\.buildkit\.hbs, .*blocks\/end\.hbs.*partials\/serve-settings\.hbs/,
        ),
      });
    },
  );

  it('an empty folder is a mistake', () => {
    expect(thrownBy(() => check({}))).toMatchObject({ message: "the folder 'mine' holds no templates" });
  });

  it('a block that the own Dockerfiles have no place for', () => {
    const dockerfiles = { 'Dockerfile.buildkit': 'FROM a\n', 'Dockerfile.classic': 'FROM a\n' };
    const error = thrownBy(() => check({ ...dockerfiles, 'blocks/end': '' }));
    expect(error).toMatchObject({
      code: 'USAGE',
      message: "'mine/blocks/end.hbs' fills a block that no Dockerfile has",
    });
    expect(() => check({ 'Dockerfile.buildkit': 'FROM a\n', 'blocks/end': '' })).not.toThrow();
  });
});

describe('the words of templates', () => {
  it('are those of the templates and views', () => {
    const roots = Object.keys(defaults.templates).filter((name) => !name.startsWith('partials/'));
    expect(Object.keys(TEMPLATE_VALUES).sort()).toEqual(roots.sort());
  });
});
