// Reads the table of the server's variables out of its Python source, without a Python.

/** Where it is, below the checkout. */
export const SERVER_VARIABLES = 'templates/runtime/caisson_server/startup/variables.py';

const BEGIN = /^VARIABLES: Mapping\[str, str\] = \{$/m;
const END = /^\}$/m;
const ENTRY = /^ {4}("[A-Z][A-Z0-9_]*"): ("(?:[^"\\]|\\.)+"),$/;

/**
 * The entries of VARIABLES in their order. Strict: one `"NAME": "meaning",` a line and nothing else, so that a table of another form is an
 * error that names the line, and never a page without some of them.
 * @param {string} source of variables.py
 * @returns {readonly (readonly [name: string, meaning: string])[]}
 */
export function parseServerVariables(source) {
  const entries = linesOf(source).map(parseEntry);
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SyntaxError(`${SERVER_VARIABLES} has '${twice}' twice`);
  if (entries.length === 0) throw new SyntaxError(`VARIABLES in ${SERVER_VARIABLES} is empty`);
  return entries;
}

/** @param {string} source */
function linesOf(source) {
  const begin = BEGIN.exec(source);
  const rest = begin === null ? '' : source.slice(begin.index + begin[0].length + 1);
  const end = END.exec(rest);
  if (end === null)
    throw new SyntaxError(`${SERVER_VARIABLES} has no 'VARIABLES: Mapping[str, str] = {' with its end`);
  return rest.slice(0, end.index).split('\n').slice(0, -1);
}

/** @param {string} line @returns {readonly [name: string, meaning: string]} */
function parseEntry(line) {
  const [, name, meaning] = ENTRY.exec(line) ?? [];
  if (name === undefined || meaning === undefined)
    throw new SyntaxError(`${SERVER_VARIABLES}: this line is not '    "NAME": "meaning",': ${line}`);
  return [stringOf(name), stringOf(meaning)];
}

/** A string in double quotes is the same in both languages, or it has an escape that JSON refuses. @param {string} literal */
function stringOf(literal) {
  return /** @type {string} */ (JSON.parse(literal));
}
