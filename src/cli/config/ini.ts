/** Sections of a file in the format of Python's configparser, by name; keys in lower case. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Keys are case-insensitive, `=` and `:` both separate. What is no section and no pair is passed over: the file is not caisson's. */
export function parseIni(text: string): IniFile {
  const sections = new Map<string, Map<string, string>>();
  let section = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.*)\]$/.exec(line);
    if (header === null) addPair(sections.get(section), line);
    else {
      section = (header[1] ?? '').trim();
      if (!sections.has(section)) sections.set(section, new Map());
    }
  }
  return sections;
}

function addPair(values: Map<string, string> | undefined, line: string): void {
  const [, key, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
  if (key !== undefined && value !== undefined && value !== '') values?.set(key.toLowerCase(), value);
}
