/** More of them would hide the rest of a message. */
const SHOWN = 12;

/** Names in a message: `a, b, c and 4 more`. */
export function firstFew(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}
