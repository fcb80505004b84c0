// The one-way imports of docs/architecture.md. Each rule says what to do about a violation.
const ADAPTERS = 'sources|engine|registry|deploy';
/** In dist, by scripts/setup/bundle.mjs, with their licenses. */
const BUNDLED = 'commander|docker-modem|execa|handlebars|ora|tar-stream|undici|yaml';
const PURE = 'model|plan|image|provenance|core';

/**
 * A vendor may be imported only from one folder: wrap it there and export our own type.
 * @param {string} vendor @param {string} folder
 */
const oneVendor = (vendor, folder) => ({
  name: `vendor-${vendor}`,
  severity: 'error',
  comment: `only ${folder} may import ${vendor}; add what you need to that folder's own interface`,
  from: { path: '^src/', pathNot: `^src/${folder}` },
  to: { path: `node_modules/(@types/)?${vendor}/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'move the shared part down',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-imports-nothing',
      severity: 'error',
      comment: 'core is the floor; move what it needs into core or the caller',
      from: { path: '^src/core' },
      to: { path: `^src/(?!core)` },
    },
    {
      name: 'pure-imports-pure',
      severity: 'error',
      comment: 'model, plan and image only compute; read in an adapter and pass the value in',
      from: { path: `^src/(${PURE})` },
      to: { path: `^src/(?!${PURE})` },
    },
    {
      name: 'pure-is-pure',
      severity: 'error',
      comment:
        'no fs, network, process, clock or random in a pure folder (node:path/posix and node:crypto hashes are fine)',
      from: { path: `^src/(${PURE})` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|path/posix|crypto|url|util)$' },
    },
    {
      name: 'model-is-below-plan',
      severity: 'error',
      comment: 'the plan reads the model, never the other way',
      from: { path: '^src/model' },
      to: { path: '^src/(plan|image)' },
    },
    {
      name: 'plan-is-below-image',
      severity: 'error',
      comment: 'the image renders the plan, never the other way',
      from: { path: '^src/plan' },
      to: { path: '^src/image' },
    },
    {
      name: 'platform-is-low',
      severity: 'error',
      comment: 'platform wraps the operating system; it knows only core',
      from: { path: '^src/platform' },
      to: { path: '^src/(?!platform|core)' },
    },
    {
      name: 'adapters-stay-apart',
      severity: 'error',
      comment: 'adapters never import each other; the action hands data from one to the next',
      from: { path: `^src/(${ADAPTERS})/` },
      to: { path: `^src/(${ADAPTERS})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-look-down',
      severity: 'error',
      comment: 'an adapter serves the actions and does not know them',
      from: { path: `^src/(${ADAPTERS})/` },
      to: { path: '^src/(cli|commands|actions|main)' },
    },
    {
      name: 'actions-take-ports',
      severity: 'error',
      comment: 'an action receives adapters as arguments; import only their types (port.ts)',
      from: { path: '^src/actions' },
      to: { path: `^src/(${ADAPTERS}|platform)/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'actions-look-down',
      severity: 'error',
      comment: 'an action knows no terminal and no argv',
      from: { path: '^src/actions' },
      to: { path: '^src/(cli|commands|main)' },
    },
    {
      name: 'commands-look-down',
      severity: 'error',
      comment: 'a command maps options to a request for an action; it may use the types of cli only',
      from: { path: '^src/commands' },
      to: { path: `^src/(cli|main|${ADAPTERS}|platform|image)`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      comment: 'main is the top',
      from: { path: '^src/' },
      to: { path: '^src/main' },
    },
    oneVendor('docker-modem', 'engine'),
    oneVendor('tar-stream', 'engine'),
    oneVendor('handlebars', 'image'),
    oneVendor('ora', 'cli/report'),
    oneVendor('libsql', 'sources'),
    oneVendor('yaml', 'model'),
    oneVendor('@aws-sdk', 'sources/artifacts/s3'),
    oneVendor('@azure', 'sources/artifacts/azure'),
    oneVendor('google-auth-library', 'sources/artifacts/gcs'),
    oneVendor('commander', 'cli'),
    oneVendor('execa', 'platform/process'),
    {
      name: 'fs-in-few-places',
      severity: 'error',
      comment: 'files are read in platform/files, sources and cli; everything else gets data',
      from: { path: '^src/', pathNot: '^src/(platform|sources|cli|engine)/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?fs' },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      comment: 'src runs at the user: what the build does not put into dist belongs to the dependencies',
      from: { path: '^src/' },
      // a peer is the user's to install, and ours for the tests
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['npm-peer'],
        pathNot: `@types|node_modules/(${BUNDLED})/`,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
