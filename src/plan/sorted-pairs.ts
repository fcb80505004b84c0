export type Pair = readonly [name: string, value: string];

/** The entries of a record by name, in code-unit order: the same on every machine. */
export function sortedPairs(record: Readonly<Record<string, string>>): readonly Pair[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
