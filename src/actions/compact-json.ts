/** JSON without the white space between its tokens; every token keeps its spelling, so that 1.0 and big numbers stay what they are. */
export function compactJson(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (token) => (token.startsWith('"') ? token : ''));
}

/** The parsed text, or undefined when it is not JSON (MLflow writes NaN). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
