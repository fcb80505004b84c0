/**
 * Parses JSON as Python's json module writes it: NaN, Infinity and -Infinity stand bare where a number may stand
 * (the default of a parameter, say). Throws SyntaxError.
 */
export function parsePythonJson(text: string): unknown {
  const tagged = text.replace(STRING_OR_SPECIAL, (match) =>
    match.startsWith('"') ? match : `"${TAG}${match}"`,
  );
  if (tagged === text) return JSON.parse(text);
  return JSON.parse(tagged, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(TAG) ? Number(value.slice(TAG.length)) : value,
  );
}

/** A string, which is passed over, or a special number outside of one. */
const STRING_OR_SPECIAL = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs;
/** A private-use character: no model has it at the head of a string. */
const TAG = '\uE000caisson:';
