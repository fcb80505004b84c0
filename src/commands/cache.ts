import type { PruneRules } from '../actions/cache-prune.ts';
import type { CachedModel } from '../sources/cache/port.ts';
import { parseAge } from './grammar/age.ts';
import { parseSize } from './grammar/size.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';
import type { CommandGroup, CommandInput, CommandSpec, OptionReader } from './spec.ts';
import { tableLines } from './table.ts';

const LS: CommandSpec = {
  name: 'ls',
  summary: 'list the models that are kept',
  description:
    'Lists the models that were downloaded and are kept, the least recently used first, with their size, their last use and their digest. A note tells how much is remembered of earlier builds (locks, builds, self-tests).',
  options: [],
  examples: [
    { title: 'list them', command: 'caisson cache ls' },
    {
      title: 'their digests, for scripts',
      command: "caisson cache ls --output json | jq -r '.models[].digest'",
    },
  ],
  handle: handleLs,
};

const PRUNE: CommandSpec = {
  name: 'prune',
  summary: 'remove models that are kept',
  description:
    'Removes models from the cache, and what interrupted downloads left there. Without an option, those that are above CAISSON_CACHE_SIZE, the least recently used first. A model that a running caisson uses stays. What is remembered of earlier builds (locks, builds, self-tests) goes when it was not used for 90 days, and with --all.',
  options: [
    {
      name: 'all',
      kind: 'flag',
      summary: 'remove every model, and all that is remembered of earlier builds',
    },
    {
      name: 'older-than',
      kind: 'value',
      placeholder: 'AGE',
      summary: 'remove those that were not used for so long, such as 30d or 12h',
    },
    {
      name: 'keep-size',
      kind: 'value',
      placeholder: 'SIZE',
      summary: 'remove the least recently used until no more than this is left, such as 5GB',
    },
    { name: 'dry-run', kind: 'flag', summary: 'tell what would be removed, and remove nothing' },
  ],
  examples: [
    { title: 'keep what was used this month', command: 'caisson cache prune --older-than 30d' },
    { title: 'make room', command: 'caisson cache prune --keep-size 5GB' },
    { title: 'see what all of it is', command: 'caisson cache prune --all --dry-run' },
  ],
  handle: handlePrune,
};

const VERIFY: CommandSpec = {
  name: 'verify',
  summary: 'read the models that are kept, and remove damaged ones',
  description:
    'Reads every model of the cache and compares it with its digest. One that is damaged is removed, and downloaded again when it is needed. Every use of a model compares sizes and times only.',
  options: [],
  examples: [{ title: 'after trouble with the disk', command: 'caisson cache verify' }],
  handle: handleVerify,
};

export const CACHE: CommandGroup = {
  name: 'cache',
  summary: 'work with the models that are kept',
  description: 'Downloaded models are kept, so that an unchanged one is not downloaded again.',
  commands: [LS, PRUNE, VERIFY],
};

async function handleLs(_: CommandInput, services: Services): Promise<void> {
  const [cache, keepsakes] = await Promise.all([services.modelCache(), services.keepsakes()]);
  const [models, remembered] = await Promise.all([cache.list(), keepsakes.list()]);
  if (remembered.length > 0)
    services.emit({ type: 'note', message: `beside models: ${rememberedText(remembered)}` });
  const rows = models.map((model) => [
    namesOf(model),
    sizeText(model.bytes),
    String(model.files),
    new Date(model.lastUsed).toISOString().slice(0, 16).replace('T', ' '),
    shortDigest(model),
  ]);
  services.answer({
    lines: rows.length === 0 ? [] : tableLines([['MODEL', 'SIZE', 'FILES', 'LAST USED', 'DIGEST'], ...rows]),
    json: {
      command: 'cache ls',
      folder: cache.folder,
      bytes: bytesOf(models),
      models: models.map(describe),
      remembered: { count: remembered.length, bytes: bytesOf(remembered) },
    },
  });
}

async function handlePrune({ options }: CommandInput, services: Services): Promise<void> {
  const rules = readRules(options, services);
  const [cache, keepsakes, { pruneCache, pruneKeepsakes }] = await Promise.all([
    services.modelCache(),
    services.keepsakes(),
    import('../actions/cache-prune.ts'),
  ]);
  const mode = options.flag('dry-run') ? ('dry-run' as const) : ('remove' as const);
  const request = { ...rules, mode, now: Date.now() };
  const { removed, inUse } = await pruneCache(request, { cache }, services);
  const forgotten = await pruneKeepsakes(request, { keepsakes });
  const freed = bytesOf(removed);
  const verb = mode === 'dry-run' ? 'would be freed' : 'freed';
  services.emit({ type: 'note', message: `${sizeText(freed)} ${verb}` });
  if (forgotten.length > 0) {
    const gone = mode === 'dry-run' ? 'would be removed' : 'removed';
    services.emit({ type: 'note', message: `${gone}: ${rememberedText(forgotten)}` });
  }
  if (inUse.length > 0)
    services.emit({ type: 'note', message: `in use, and kept: ${inUse.map(namesOf).join(', ')}` });
  services.answer({
    lines: removed.map((model) => `${shortDigest(model)}  ${namesOf(model)}`),
    json: {
      command: 'cache prune',
      dryRun: mode === 'dry-run',
      bytes: freed,
      removed: removed.map(describe),
      inUse: inUse.map(describe),
      remembered: { count: forgotten.length, bytes: bytesOf(forgotten) },
    },
  });
}

function readRules(options: OptionReader, { cacheLimit }: Services): PruneRules {
  const [age, size] = [options.value('older-than'), options.value('keep-size')];
  if (options.flag('all')) {
    if (options.isTyped('older-than') || options.isTyped('keep-size'))
      throw usage('--all leaves nothing to --older-than and --keep-size', 'name one or the other');
    return { scope: 'all' };
  }
  if (age === undefined && size === undefined) return { scope: 'by-rules', keepBytes: cacheLimit };
  return {
    scope: 'by-rules',
    ...(age === undefined ? {} : { unusedForMs: parseAge(age, 'older-than') }),
    ...(size === undefined ? {} : { keepBytes: parseSize(size, '--keep-size') }),
  };
}

async function handleVerify(_: CommandInput, services: Services): Promise<void> {
  const [cache, { verifyCache }] = await Promise.all([
    services.modelCache(),
    import('../actions/cache-verify.ts'),
  ]);
  const { right, damaged } = await verifyCache({ cache }, services);
  if (damaged.length > 0)
    services.emit({
      type: 'warning',
      message: `${damaged.length} of ${right.length + damaged.length} models were damaged, and are removed`,
      hint: 'they are downloaded again when they are needed',
    });
  services.answer({
    lines: damaged.map((model) => `${shortDigest(model)}  ${namesOf(model)}`),
    json: { command: 'cache verify', right: right.map(describe), damaged: damaged.map(describe) },
  });
}

const bytesOf = (items: readonly { readonly bytes: number }[]): number =>
  items.reduce((sum, { bytes }) => sum + bytes, 0);

const rememberedText = (items: readonly { readonly bytes: number }[]): string =>
  `${items.length} locks, builds and self-tests that are remembered, ${sizeText(bytesOf(items))}`;

/** Decimal, as the reporters write it. */
function sizeText(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${(bytes / unit).toFixed(1)} ${name}`;
}

const namesOf = ({ models }: CachedModel): string => (models.length === 0 ? '-' : models.join(', '));

const shortDigest = ({ digest }: CachedModel): string => digest.slice(0, 'sha256:'.length + 12);

function describe({ digest, bytes, files, lastUsed, models, use }: CachedModel): object {
  return {
    digest,
    bytes,
    files,
    lastUsed: new Date(lastUsed).toISOString(),
    models,
    inUse: use === 'in-use',
  };
}
