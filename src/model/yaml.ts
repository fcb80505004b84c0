import { Composer, Parser, type CST } from 'yaml';
import { CaissonError, messageOf } from '../core/errors.ts';

/** Far above what MLflow writes; a file this large is not a description of a model. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** The composer of the library recurses; some thousand levels end the process with no exception to catch. */
const MAX_DEPTH = 100;
/** PyYAML writes anchors for objects that occur twice, so some are normal; an exponential bomb has many. */
const MAX_ALIASES = 100;

/**
 * Parses one YAML document of a model into mappings, lists and strings. Every scalar stays the text that is
 * written there (failsafe schema): a run id such as 1234e56 is not a number, and Python 3.10 is not 3.1.
 * An empty document gives null. Throws MODEL_BROKEN, naming the file.
 */
export function parseYaml(text: string, fileName: string): unknown {
  if (text.length > MAX_CHARACTERS) throw broken(fileName, 'it is larger than 32 MiB');
  try {
    return compose(text, fileName);
  } catch (error) {
    if (error instanceof CaissonError) throw error;
    throw broken(fileName, firstLine(messageOf(error)), error);
  }
}

/** The mapping's own entries, or undefined when the value is not a mapping. */
export function asMapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A scalar's text; undefined for what YAML writes for nothing (empty, `null`, `~`) and for collections. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== 'null' && value !== '~' ? value : undefined;
}

function compose(text: string, fileName: string): unknown {
  const tokens = [...new Parser().parse(text)];
  if (depthExceeds(tokens, MAX_DEPTH)) throw broken(fileName, `it is nested more than ${MAX_DEPTH} deep`);
  const options = { schema: 'failsafe', uniqueKeys: false, merge: false } as const;
  const [document] = new Composer(options).compose(tokens);
  if (document === undefined) return null;
  const [error] = document.errors;
  if (error !== undefined) throw broken(fileName, firstLine(error.message));
  return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
}

function depthExceeds(tokens: readonly CST.Token[], limit: number): boolean {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') return [];
  return token.items.flatMap((item) =>
    [item.key, item.value].filter((child): child is CST.Token => child !== undefined && child !== null),
  );
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.replace(/:$/, '') ?? text;

function broken(fileName: string, reason: string, cause?: unknown): CaissonError {
  return new CaissonError('MODEL_BROKEN', `'${fileName}' is not YAML that can be read: ${reason}`, { cause });
}
