import Handlebars from 'handlebars';
import { CaissonError, messageOf } from '../core/errors.ts';
import type { OwnTemplates } from './template-set.ts';
import { partialTemplate } from './template-parts.ts';
import { TEMPLATE_VALUES } from './template-vocabulary.ts';

/** What may be named at one place of a template. */
interface Scope {
  readonly names: ReadonlySet<string>;
  /** What `../` reaches. */
  readonly outer?: Scope;
  /** `as |name|` and inline partials: they are seen from everywhere inside. */
  readonly locals: ReadonlySet<string>;
  readonly partialBlock: 'given' | 'none';
}

interface Checked {
  /** Names of the templates that are a part of others. */
  readonly included: ReadonlySet<string>;
}

/**
 * Reads every own template, and walks each template that is rendered with all that it includes: strict mode would find a wrong name only in
 * what is rendered, and not at all behind `#if` and `#each`. Throws TEMPLATE_BROKEN.
 */
export function checkTemplates(templates: Readonly<Record<string, string>>, own: OwnTemplates): Checked {
  const check = new TemplateCheck(templates, own);
  Object.keys(own.files).forEach((name) => check.parse(name));
  for (const [name, values] of Object.entries(TEMPLATE_VALUES)) {
    const names = new Set(Object.keys(values));
    check.template(name, { names, locals: new Set(), partialBlock: 'none' });
  }
  return check;
}

const BLOCK_HELPERS = ['if', 'unless', 'each', 'with'];
const HELPERS = [...BLOCK_HELPERS, 'lookup', 'log'];
const NEW_CONTEXT = ['each', 'with'];
const DATA = ['index', 'key', 'first', 'last', 'root'];

class TemplateCheck implements Checked {
  readonly included = new Set<string>();
  readonly #templates: Readonly<Record<string, string>>;
  readonly #own: OwnTemplates;
  /** The template that is walked, behind those that include it. */
  readonly #path: string[] = [];

  constructor(templates: Readonly<Record<string, string>>, own: OwnTemplates) {
    this.#templates = templates;
    this.#own = own;
  }

  parse(name: string): hbs.AST.Program {
    try {
      return Handlebars.parse(this.#templates[name] ?? '');
    } catch (error) {
      const [first = '', , , expected] = messageOf(error).split('\n');
      const line = /on line (\d+)|- (\d+):\d+$/.exec(first);
      const got = /got '(\w+)'$/.exec(expected ?? '')?.[1];
      const reason = got === undefined ? first.replace(/ - \d+:\d+$/, '') : `'${got}' is not expected here`;
      throw this.#broken(name, { line: Number(line?.[1] ?? line?.[2] ?? 1), reason, cause: error });
    }
  }

  template(name: string, scope: Scope): void {
    if (this.#path.includes(name)) throw this.#broken(name, { line: 1, reason: 'it includes itself' });
    this.#path.push(name);
    this.#program(this.parse(name), scope);
    this.#path.pop();
  }

  #program(program: Partial<hbs.AST.Program> | undefined, scope: Scope): void {
    let inner = scope;
    for (const statement of program?.body ?? []) {
      const inline = inlineName(statement);
      if (inline !== undefined) inner = { ...inner, locals: new Set([...inner.locals, inline]) };
      this.#statement(statement, inner);
    }
  }

  #statement(statement: hbs.AST.Statement, scope: Scope): void {
    switch (statement.type) {
      case 'MustacheStatement':
        this.#call(statement as hbs.AST.MustacheStatement, scope);
        return;
      case 'BlockStatement':
        this.#block(statement as hbs.AST.BlockStatement, scope);
        return;
      case 'PartialStatement':
        this.#partial(statement as hbs.AST.PartialStatement, scope);
        return;
      case 'PartialBlockStatement':
        this.#program((statement as hbs.AST.PartialBlockStatement).program, scope);
        this.#partial(statement as hbs.AST.PartialBlockStatement, scope);
    }
  }

  /** A value, or a helper with arguments. */
  #call({ path, params, hash, loc }: Call, scope: Scope): void {
    const values: readonly hbs.AST.Expression[] = [
      ...params,
      ...(hash?.pairs ?? []).map(({ value }) => value),
    ];
    if (values.length === 0) this.#expression(path, scope);
    else if (!HELPERS.includes(nameOf(path))) throw this.#wrong(loc, `there is no helper '${nameOf(path)}'`);
    for (const value of values) this.#expression(value, scope);
  }

  #block(block: hbs.AST.BlockStatement, scope: Scope): void {
    // `{{^name}}` has no program, whatever the type says
    const { path, inverse } = block;
    const program = block.program as Partial<hbs.AST.Program> | undefined;
    const helper = nameOf(path);
    const isHelper = BLOCK_HELPERS.includes(helper);
    this.#call(block, scope);
    const names = new Set<string>();
    const locals = new Set([...scope.locals, ...(program?.blockParams ?? [])]);
    const inner =
      isHelper && !NEW_CONTEXT.includes(helper) ? scope : { ...scope, names, locals, outer: scope };
    this.#program(program, inner);
    this.#program(inverse, scope);
  }

  #partial(statement: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement, scope: Scope): void {
    const pairs = (statement.hash as hbs.AST.Hash | undefined)?.pairs ?? [];
    for (const value of [...statement.params, ...pairs.map((pair) => pair.value)])
      this.#expression(value, scope);
    const name = nameOf(statement.name);
    const isBlock = statement.type === 'PartialBlockStatement';
    if (scope.locals.has(name) || statement.name.type === 'SubExpression') return;
    if (name === '@partial-block') {
      if (scope.partialBlock === 'given') return;
      throw this.#wrong(statement.loc, 'only the file of a block has a @partial-block');
    }
    const template = partialTemplate(name);
    if (!Object.hasOwn(this.#templates, template)) {
      if (isBlock) return;
      throw this.#wrong(statement.loc, `there is no partial '${name}'`);
    }
    this.included.add(template);
    const outside = statement.params.length > 0 ? [] : scope.names;
    const names = new Set([...outside, ...pairs.map(({ key }) => key)]);
    this.template(template, { ...scope, names, partialBlock: isBlock ? 'given' : 'none' });
  }

  #expression(expression: hbs.AST.Expression, scope: Scope): void {
    if (expression.type === 'SubExpression') this.#call(expression as hbs.AST.SubExpression, scope);
    if (expression.type !== 'PathExpression') return;
    const { original, data, depth, parts, loc } = expression as hbs.AST.PathExpression;
    const [head] = parts;
    let reached: Scope | undefined = scope;
    for (let level = 0; level < depth; level += 1) reached = reached?.outer;
    if (reached === undefined) throw this.#wrong(loc, `nothing lies outside for '${original}'`);
    if (head === undefined) return;
    const isKnown = data
      ? DATA.includes(head)
      : reached.names.has(head) || (depth === 0 && scope.locals.has(head));
    if (isKnown) return;
    throw this.#wrong(loc, `'${original}' is no value of this place`, hintFor(reached));
  }

  #wrong(loc: hbs.AST.SourceLocation, reason: string, hint?: string): CaissonError {
    return this.#broken(this.#path.at(-1) ?? '', { line: loc.start.line, reason, hint });
  }

  #broken(name: string, { line, reason, hint, cause }: Fault): CaissonError {
    const file = Object.hasOwn(this.#own.files, name) ? `${this.#own.folder}/${name}.hbs` : `${name}.hbs`;
    return new CaissonError(
      'TEMPLATE_BROKEN',
      `the template '${file}' is broken in line ${line}: ${reason}`,
      {
        hint,
        cause,
      },
    );
  }
}

type Call = Pick<hbs.AST.MustacheStatement, 'params' | 'loc'> & {
  readonly path: hbs.AST.Expression;
  readonly hash?: hbs.AST.Hash | undefined;
};

interface Fault {
  readonly line: number;
  readonly reason: string;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

function hintFor({ names, outer }: Scope): string {
  if (names.size > 0) return `the values are ${[...names].sort().join(', ')}`;
  return outer === undefined
    ? 'this place has no values'
    : 'inside #each and #with, write ../name for a value of the template';
}

/** As it is written; a literal's text. */
const nameOf = (expression: hbs.AST.Expression): string =>
  String((expression as Partial<hbs.AST.PathExpression>).original);

/** Of `{{#*inline "name"}}`, whose values are those of the place that includes it: only strict mode looks into it. */
function inlineName(statement: hbs.AST.Statement): string | undefined {
  if (statement.type !== 'DecoratorBlock') return undefined;
  const [name] = (statement as hbs.AST.DecoratorBlock).params;
  return name === undefined ? undefined : nameOf(name);
}
