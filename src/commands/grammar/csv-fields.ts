/**
 * The fields of one line of CSV, as docker reads mount-like options: a field in double quotes may hold commas, and a doubled quote there is one.
 * undefined for a line that is none.
 */
export function csvFields(line: string): readonly string[] | undefined {
  if (!/^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/s.test(line)) return undefined;
  const fields = line.match(/"(?:[^"]|"")*"|[^",]+|(?<=^|,)(?=,|$)/gs) ?? [];
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}
