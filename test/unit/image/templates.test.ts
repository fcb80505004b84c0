import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { dockerfileView } from '../../../src/image/dockerfile-view.ts';
import { createRenderer } from '../../../src/image/template-engine.ts';
import { condaView, dockerignoreView, linesView } from '../../../src/image/text-views.ts';
import { planImage } from '../../../src/plan/image-plan.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { codeOf } from '../../support/errors.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

const { templates } = await loadTemplateSet();

const dockerfile = dockerfileView(planImage(resolvedModel(), imageRequest()));
const VIEWS: Readonly<Record<string, object>> = {
  'Dockerfile.buildkit': dockerfile,
  'Dockerfile.classic': dockerfile,
  'Dockerfile.resolve.buildkit': dockerfile,
  'Dockerfile.resolve.classic': dockerfile,
  'conda.yaml': condaView({ channels: [], packages: [] }),
  'requirements.txt': linesView([]),
  dockerignore: dockerignoreView([]),
};
const HELPERS = ['if', 'unless', 'each'];

interface Found {
  readonly used: Set<string>;
  readonly wrong: string[];
  readonly partials: Set<string>;
  readonly blocks: Set<string>;
}

const nothingFound = (): Found => ({ used: new Set(), wrong: [], partials: new Set(), blocks: new Set() });

/** Walks a template and those it includes, with the names that may be used there; `each` changes what `this` is and no name. */
function walk(name: string, allowed: ReadonlySet<string>, found: Found): void {
  const visit = (program: hbs.AST.Program | undefined): void => {
    for (const statement of program?.body ?? []) visitStatement(statement);
  };
  const visitPath = (expression: hbs.AST.Expression): void => {
    if (expression.type !== 'PathExpression') return;
    const path = expression as hbs.AST.PathExpression;
    const isThis = path.original === 'this';
    if (path.data || path.depth > 0 || (!isThis && !allowed.has(path.original)))
      found.wrong.push(`${name}: ${path.original}`);
    if (!isThis) found.used.add(path.original);
  };
  const visitStatement = (statement: hbs.AST.Statement): void => {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement': {
        const mustache = statement as hbs.AST.MustacheStatement;
        if (mustache.params.length > 0)
          found.wrong.push(`${name}: a helper in ${JSON.stringify(mustache.loc)}`);
        visitPath(mustache.path);
        return;
      }
      case 'BlockStatement': {
        const block = statement as hbs.AST.BlockStatement;
        if (!HELPERS.includes(block.path.original)) found.wrong.push(`${name}: #${block.path.original}`);
        block.params.forEach(visitPath);
        visit(block.program);
        visit(block.inverse);
        return;
      }
      case 'PartialStatement': {
        const partial = statement as hbs.AST.PartialStatement;
        const pairs = (partial.hash as hbs.AST.Hash | undefined)?.pairs ?? [];
        pairs.forEach(({ value }) => {
          visitPath(value);
        });
        const partialName = `partials/${(partial.name as hbs.AST.PathExpression).original}`;
        found.partials.add(partialName);
        walk(partialName, new Set([...allowed, ...pairs.map(({ key }) => key)]), found);
        return;
      }
      // without a file of the user's, its content is what is rendered
      case 'PartialBlockStatement': {
        const block = statement as hbs.AST.PartialBlockStatement;
        found.blocks.add((block.name as hbs.AST.PathExpression).original);
        visit(block.program);
        return;
      }
      default:
        found.wrong.push(`${name}: ${statement.type}`);
    }
  };
  visit(Handlebars.parse(templates[name] ?? '{{missing-template}}'));
}

describe('templates', () => {
  it.each(Object.entries(VIEWS))('%s names only what its view has', (name, view) => {
    const found = nothingFound();
    walk(name, new Set(Object.keys(view)), found);
    expect(found.wrong).toEqual([]);
  });

  it('use everything that the view of the Dockerfile has', () => {
    const found = nothingFound();
    walk('Dockerfile.buildkit', new Set(Object.keys(dockerfile)), found);
    walk('Dockerfile.classic', new Set(Object.keys(dockerfile)), found);
    expect(Object.keys(dockerfile).filter((name) => !found.used.has(name))).toEqual([]);
    const partials = Object.keys(templates).filter((name) => name.startsWith('partials/'));
    expect(partials.sort()).toEqual([...found.partials].sort());
    expect(
      Object.keys(templates)
        .filter((name) => !name.startsWith('partials/'))
        .sort(),
    ).toEqual(Object.keys(VIEWS).sort());
  });

  it('the walk finds a wrong name behind #if, where strict mode does not', () => {
    const broken = { ...templates, broken: '{{#if hasModle}}x{{/if}}' };
    expect(createRenderer(broken)('broken', dockerfile)).toBe('');
    const found = nothingFound();
    templatesWith('broken', broken.broken, () => {
      walk('broken', new Set(Object.keys(dockerfile)), found);
    });
    expect(found.wrong).toEqual(['broken: hasModle']);
  });

  it('a name that the view does not have is an error, and text is not escaped', () => {
    const render = createRenderer({ good: '{{a}}', bad: '{{b}}' });
    expect(render('good', { a: `<&"'\`=` })).toBe(`<&"'\`=`);
    expect(codeOf(() => render('bad', { a: '' }))).toBe('INTERNAL');
    expect(codeOf(() => render('none', {}))).toBe('INTERNAL');
  });

  it('views cannot be changed', () => {
    expect(
      Object.values(VIEWS).every(
        (view) => Object.isFrozen(view) && Object.values(view).every(Object.isFrozen),
      ),
    ).toBe(true);
  });
});

function templatesWith(name: string, text: string, work: () => void): void {
  const all = templates as Record<string, string>;
  all[name] = text;
  try {
    work();
  } finally {
    Reflect.deleteProperty(all, name);
  }
}
