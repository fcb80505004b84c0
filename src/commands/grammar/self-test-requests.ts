import { CaissonError, messageOf } from '../../core/errors.ts';
import { usage } from './usage.ts';

/** Bytes of the whole file. */
export const MAX_REQUESTS_BYTES = 8 * 1024 * 1024;
const MAX_REQUESTS = 1000;

const FORM =
  'write {"inputs": …} or {"request": …} with "expected", "tolerance", "status", "path" or "content_type"';
const PATHS = ['/invocations', '/predict'];

type Fields = Readonly<Record<string, unknown>>;

interface Field {
  /** In words, after `it is`. */
  readonly what: string;
  readonly isRight: (value: unknown) => boolean;
}

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['inputs', { what: 'a value of JSON', isRight: () => true }],
  ['request', { what: 'an object, an array or a text', isRight: isBody }],
  ['path', { what: PATHS.join(' or '), isRight: (value) => PATHS.includes(value as string) }],
  ['content_type', { what: 'a content type, such as text/csv', isRight: isContentType }],
  ['expected', { what: 'a value of JSON', isRight: () => true }],
  ['tolerance', { what: 'a number, 0 or more', isRight: (value) => typeof value === 'number' && value >= 0 }],
  ['status', { what: 'an HTTP status from 200 to 599', isRight: isStatus }],
]);

/**
 * The lines of a file of requests, each checked and unchanged: a number that was parsed and written again may be another one.
 * Empty lines are left out. Throws USAGE naming file and line.
 */
export function parseSelfTestRequests(bytes: Uint8Array, path: string): readonly string[] {
  if (bytes.length > MAX_REQUESTS_BYTES)
    throw usage(`'${path}' is larger than 8 MiB`, 'a self-test is a few requests');
  const numbered = decode(bytes, path)
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(({ text }) => text !== '');
  if (numbered.length === 0) throw usage(`'${path}' holds no request`, FORM);
  if (numbered.length > MAX_REQUESTS)
    throw usage(`'${path}' holds ${numbered.length} requests`, `a self-test is at most ${MAX_REQUESTS}`);
  for (const { text, number } of numbered) checkRequest(text, `line ${number} of '${path}'`);
  return numbered.map(({ text }) => text);
}

function checkRequest(text: string, where: string): void {
  const fields = parseFields(text, where);
  if ('inputs' in fields === 'request' in fields)
    throw usage(`${where} needs either "inputs" or "request"`, FORM);
  for (const [name, value] of Object.entries(fields)) {
    const field = FIELDS.get(name);
    if (field === undefined) throw usage(`${where} has the unknown field '${name}'`, FORM);
    if (!field.isRight(value))
      throw usage(`${where}: ${JSON.stringify(value)} for "${name}" is not right`, `it is ${field.what}`);
  }
}

function parseFields(text: string, where: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usage(`${where} is not JSON: ${messageOf(error)}`, FORM);
  }
  if (isCollection(value) && !Array.isArray(value)) return value as Fields;
  throw usage(`${where} is not a JSON object`, FORM);
}

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isBody(value: unknown): boolean {
  return typeof value === 'string' || isCollection(value);
}

/** Nothing that could end a header. */
function isContentType(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.+*/-]+( *; *[\w.=+"-]+)*$/.test(value);
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) < 600;
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CaissonError('USAGE', `'${path}' is not UTF-8`, { hint: FORM, cause: error });
  }
}
