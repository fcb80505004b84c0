/** What caisson reads of a pip.conf, in pip's own words; URLs and hosts as written. */
export interface PipConfig {
  readonly indexUrl: string | undefined;
  readonly extraIndexUrls: readonly string[];
  readonly trustedHosts: readonly string[];
  readonly findLinks: readonly string[];
  readonly index: 'used' | 'none';
}

/** pip reads its global section, then that of the command. */
const SECTIONS = ['global', 'install'];
const TRUE: ReadonlySet<string> = new Set(['1', 'y', 'yes', 't', 'true', 'on']);

/** A pip.conf as pip install takes it (pip/_internal/configuration.py over Python's RawConfigParser); lines that are none are passed over. */
export function parsePipConfig(text: string): PipConfig {
  const values = new Map<string, string>();
  for (const section of SECTIONS)
    for (const [key, value] of readSection(text, section)) values.set(key.replaceAll('_', '-'), value);
  const list = (key: string): readonly string[] => values.get(key)?.match(/\S+/g) ?? [];
  return {
    indexUrl: list('index-url')[0],
    extraIndexUrls: list('extra-index-url'),
    trustedHosts: list('trusted-host'),
    findLinks: list('find-links'),
    index: TRUE.has(values.get('no-index')?.toLowerCase() ?? '') ? 'none' : 'used',
  };
}

/** Keys (in lower case) and values of a section; an indented line goes on with the value before it. */
function readSection(text: string, wanted: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  let key: string | undefined;
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    const before = /^\s/.test(raw) && key !== undefined ? values.get(key) : undefined;
    if (key !== undefined && before !== undefined) values.set(key, `${before}\n${line}`);
    else if (header !== undefined) [section, key] = [header, undefined];
    else if (section === wanted) key = addPair(values, line);
  }
  return values;
}

function addPair(values: Map<string, string>, line: string): string | undefined {
  const [, name, value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
  const key = name?.toLowerCase();
  if (key !== undefined) values.set(key, value);
  return key;
}
