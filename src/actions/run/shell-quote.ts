/** One word for a POSIX shell, whatever is in the text (NUL cannot be, in a word). Plain words stay as they are. */
export function shellQuote(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
