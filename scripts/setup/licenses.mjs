import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const HEAD = 'caisson holds parts of these packages. Each stands under its own license:\n';

/** The licenses of the packages that modules of a bundle come from. @param {readonly string[]} modules absolute paths */
export function licensesOf(modules) {
  const folders = [...new Set(modules.flatMap((file) => packageFolder(file) ?? []))].sort();
  const texts = new Map(folders.map(licenseOf));
  return [HEAD, ...[...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)].join('\n');
}

/** Undefined for a file that is none of a package. @param {string} file */
const packageFolder = (file) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

/** @param {string} folder @returns {[title: string, text: string]} */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const title = `${name} ${version} (${license})`;
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  if (typeof license !== 'string' && texts.length === 0)
    throw new TypeError(`${name} has no license: it cannot be bundled`);
  return [title, [`${'='.repeat(80)}\n${title}\n`, ...texts.map((text) => `${text}\n`)].join('\n')];
}
