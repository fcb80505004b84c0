/** The values of PEP 508's variables on one machine, such as `python_version` → `3.11`. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

const TOKEN =
  /\s*(?:(?<paren>[()])|(?<text>"[^"]*"|'[^']*')|(?<operator>===|[<>=!~]=|<|>)|(?<word>[A-Za-z_.]+))/y;

type Token =
  | { readonly kind: 'paren' | 'operator' | 'word'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };

/** Variables that are compared as versions; all others are compared as text (PEP 508). */
const VERSIONS: ReadonlySet<string> = new Set(['python_version', 'python_full_version']);

/**
 * Whether a marker holds (PEP 508). undefined when it cannot be told: it is no marker, or asks for something that the
 * environment does not have, such as `extra`.
 */
export function markerHolds(marker: string, environment: MarkerEnvironment): boolean | undefined {
  const tokens = tokensOf(marker);
  if (tokens === undefined) return undefined;
  const reader = new MarkerReader(tokens, environment);
  const value = reader.anyOf();
  return reader.isAtEnd() ? value : undefined;
}

function tokensOf(marker: string): Token[] | undefined {
  const tokens: Token[] = [];
  const trimmed = marker.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const groups = TOKEN.exec(trimmed)?.groups;
    if (groups === undefined) return undefined;
    const [kind, text = ''] =
      Object.entries(groups).find(([, held]) => (held as string | undefined) !== undefined) ?? [];
    tokens.push({ kind: kind as Token['kind'], text });
  }
  return tokens;
}

/** or above and above comparison, as in Python. undefined spreads: what is not known makes the whole unknown, unless the rest decides. */
class MarkerReader {
  readonly #tokens: readonly Token[];
  readonly #environment: MarkerEnvironment;
  #at = 0;

  constructor(tokens: readonly Token[], environment: MarkerEnvironment) {
    this.#tokens = tokens;
    this.#environment = environment;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  anyOf(): boolean | undefined {
    let value = this.#allOf();
    while (this.#take('word', 'or') !== undefined) value = either(value, this.#allOf());
    return value;
  }

  #allOf(): boolean | undefined {
    let value = this.#one();
    while (this.#take('word', 'and') !== undefined) value = both(value, this.#one());
    return value;
  }

  #one(): boolean | undefined {
    if (this.#take('paren', '(') === undefined) return this.#comparison();
    const value = this.anyOf();
    return this.#take('paren', ')') === undefined ? undefined : value;
  }

  #comparison(): boolean | undefined {
    const left = this.#operand();
    const operator = this.#operator();
    const right = this.#operand();
    if (left?.value === undefined || right?.value === undefined || operator === undefined) return undefined;
    const areVersions = VERSIONS.has(left.variable ?? '') || VERSIONS.has(right.variable ?? '');
    const order = areVersions
      ? compareReleases(left.value, right.value)
      : compareTexts(left.value, right.value);
    return holds(operator, { order, left: left.value, right: right.value });
  }

  #operand(): { readonly variable?: string; readonly value: string | undefined } | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'paren' || token.kind === 'operator') return undefined;
    this.#at += 1;
    if (token.kind === 'text') return { value: token.text.slice(1, -1) };
    return { variable: token.text, value: this.#environment[token.text] };
  }

  #operator(): string | undefined {
    if (this.#take('word', 'not') !== undefined)
      return this.#take('word', 'in') === undefined ? undefined : 'not in';
    return this.#take('operator') ?? this.#take('word', 'in');
  }

  #take(kind: Token['kind'], text?: string): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || (text !== undefined && token.text !== text)) return undefined;
    this.#at += 1;
    return token.text;
  }
}

interface Comparison {
  readonly order: number | undefined;
  readonly left: string;
  readonly right: string;
}

function holds(operator: string, { order, left, right }: Comparison): boolean | undefined {
  if (operator === 'in') return right.includes(left);
  if (operator === 'not in') return !right.includes(left);
  if (order === undefined) return undefined;
  const outcomes: Readonly<Record<string, boolean>> = {
    '==': order === 0,
    '===': left === right,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return outcomes[operator];
}

/** Release numbers alone: a Python that a marker asks for has no more. undefined for anything else, such as `3.*`. */
function compareReleases(left: string, right: string): number | undefined {
  if (![left, right].every((version) => /^\d+(?:\.\d+)*$/.test(version))) return undefined;
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  const length = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let index = 0; index < length; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}

function both(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}
