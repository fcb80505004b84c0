import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { inRoot } from '../support/paths.mjs';
import { licensesOf } from './licenses.mjs';

/** @typedef {import('rolldown').Plugin} Plugin */

/** Not bundled: what has a binary for each platform, and what users install themselves for their stores. */
const EXTERNAL = namesIn('dependencies', 'peerDependencies').map((name) => new RegExp(`^${name}(/|$)`));

/** What is needed together is one file, with all that it imports: the command line; a model and its plan; a build. */
const GROUPS = {
  command: [
    ...['src/cli/run-cli.ts', 'src/cli/interruption.ts', 'src/cli/config/environment.ts'],
    'src/core/events.ts',
  ],
  context: [
    ...['src/actions/build-context.ts', 'src/sources/index.ts', 'src/image/compiled-templates.ts'],
    ...['src/image/packaged.ts', 'src/image/ready-templates.ts'],
  ],
  build: [
    ...['src/actions/build-image.ts', 'src/engine/index.ts', 'src/registry/index.ts'],
    ...['src/registry/cosign.ts', 'src/platform/keepsakes.ts'],
  ],
};

/** @param {readonly ('dependencies' | 'peerDependencies')[]} kinds */
function namesIn(...kinds) {
  const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return kinds.flatMap((kind) => Object.keys(manifest[kind]));
}

/** @param {[name: string, files: readonly string[]]} group */
const groupOf = ([name, files]) => {
  const members = files.map(inRoot);
  return { name, test: (/** @type {string} */ id) => members.includes(id) };
};

/**
 * src and the packages that it needs, as few files: node takes 0.3 s to find and load some 400 small ones. Files are loaded when they are first
 * needed, as the modules in them were. Nothing is minified: what an error says of a place can be read.
 * @param {string} folder below the package's root, two levels deep: modules find package.json from there
 */
export async function bundle(folder) {
  // what npm ci may install while the script runs
  const { rolldown } = await import('rolldown');
  const built = await rolldown({
    input: inRoot('src/main.ts'),
    platform: 'node',
    external: EXTERNAL,
    plugins: [packagedTemplates(await packTemplates()), noSsh()],
    logLevel: 'warn',
  });
  const { output } = await built.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { groups: Object.entries(GROUPS).map(groupOf) },
  });
  await built.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  writeFileSync(path.join(folder, 'THIRD-PARTY-LICENSES.txt'), licensesOf(modules));
}

/** templates/ as a module, with what Handlebars makes of the templates. @returns {Promise<string>} */
async function packTemplates() {
  const { compileTemplates, loadTemplateSet } = await importSources(
    ['src/image/template-engine.ts', 'compileTemplates'],
    ['src/platform/template-files.ts', 'loadTemplateSet'],
  );
  const set = await loadTemplateSet(inRoot('templates'));
  const { templates, partials } = compileTemplates(set.templates);
  return `export const PACKAGED = {
    ...JSON.parse(${JSON.stringify(JSON.stringify(set))}),
    compiled: { templates: ${functions(templates)}, partials: ${functions(partials)} },
  };`;
}

/** @param {Record<string, string>} sources */
const functions = (sources) =>
  `{ ${Object.entries(sources)
    .map(([name, source]) => `${JSON.stringify(name)}: ${source}`)
    .join(',\n')} }`;

/** Names out of modules of src, which node itself cannot read. @param {...readonly [file: string, name: string]} wanted */
async function importSources(...wanted) {
  const { rolldown } = await import('rolldown');
  const folder = mkdtempSync(inRoot('node_modules/.caisson-build-'));
  try {
    const entry = path.join(folder, 'entry.js');
    writeFileSync(
      entry,
      wanted.map(([file, name]) => `export { ${name} } from ${JSON.stringify(inRoot(file))};\n`).join(''),
    );
    const built = await rolldown({ input: entry, platform: 'node', external: ['handlebars'] });
    const file = path.join(folder, 'sources.mjs');
    await built.write({ file, format: 'esm' });
    await built.close();
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} code @returns {Plugin} */
const packagedTemplates = (code) => ({
  name: 'packaged-templates',
  load: (id) => (id === inRoot('src/image/packaged.ts') ? code : undefined),
});

/** docker-modem loads a whole ssh client for DOCKER_HOST=ssh://…, which caisson refuses. @returns {Plugin} */
const noSsh = () => ({
  name: 'no-ssh',
  load: (id) =>
    id.endsWith('/docker-modem/lib/ssh.js')
      ? 'module.exports = () => { throw new TypeError("no engine is reached by ssh"); };'
      : undefined,
});
