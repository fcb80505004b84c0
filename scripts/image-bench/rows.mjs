import { startRegistry } from '../setup/registry.mjs';
import { median } from '../serve-bench/statistics.mjs';
import { say, SetUpError } from '../support/terminal.mjs';
import { build, caisson, forgetKept, tagOf } from './builders.mjs';
import { emptyBuildCache, inspectImage, removeImage, removeOurImagesBut, REPOSITORY } from './engine.mjs';
import { change, changeLarge, iris, largeIris, savedModels, sizeOf } from './models.mjs';
import { blobsOf, newBytes } from './pushed.mjs';
import { startUp } from './start-up.mjs';

/**
 * The rows of issue 5's table, each on its own feet: it builds what it needs before it measures.
 *
 * @typedef {import('./builders.mjs').Bench} Bench
 * @typedef {import('./builders.mjs').Builder} Builder
 * @typedef {import('./table.mjs').Line} Line
 */

const MB = 1e6;
const KB = 1e3;

/** @type {Record<string, (bench: Bench) => Promise<Line[]>>} */
export const ROWS = { start: startUp, first, wheels, changed, large, unchanged, size, pushed };

/** With nothing in any cache: neither layers, nor wheels, nor what caisson keeps on the host. @param {Bench} bench @param {Builder} builder */
async function fromNothing(bench, builder) {
  const model = iris(bench);
  await removeOurImagesBut(bench.api, bench.base);
  await emptyBuildCache(bench.api, 'all');
  forgetKept(bench);
  return build(bench, builder, { model });
}

/** @type {number | undefined} */
let firstOfMlflow;

/** MLflow's first build, measured once: the base of this run is new, and MLflow keeps no wheels. @param {Bench} bench */
async function mlflowFirst(bench) {
  firstOfMlflow ??= await build(bench, 'mlflow', { model: iris(bench) });
  return firstOfMlflow;
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function first(bench) {
  if (bench.origin === 'found') {
    say('  left out: it empties the build cache, and this engine is not ours');
    return [];
  }
  const figures = {
    caisson: await fromNothing(bench, 'caisson'),
    tested: await fromNothing(bench, 'tested'),
    floor: await fromNothing(bench, 'floor'),
    mlflow: await mlflowFirst(bench),
  };
  const goals = [
    { against: /** @type {const} */ ('mlflow'), atMost: 0.15 },
    { against: /** @type {const} */ ('floor'), atMost: 1.1 },
  ];
  return [{ what: 'first build, empty caches', unit: 's', figures, goals }];
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function wheels(bench) {
  const what = { model: iris(bench) };
  const mlflow = await mlflowFirst(bench);
  /** @param {Builder} builder */
  const again = async (builder) => {
    await build(bench, builder, what);
    await removeOurImagesBut(bench.api, bench.base);
    await emptyBuildCache(bench.api, 'layers');
    forgetKept(bench);
    return build(bench, builder, what);
  };
  const figures = {
    caisson: await again('caisson'),
    tested: await again('tested'),
    floor: await again('floor'),
    mlflow,
  };
  return [
    {
      what: 'first build, wheels cached',
      unit: 's',
      figures,
      goals: [{ against: 'mlflow', atMost: 0.08 }],
    },
  ];
}

/**
 * Medians of several rounds, taken in turns so that a busy moment hits all; after one build each that is not measured.
 * @param {Bench} bench @param {readonly Builder[]} builders
 * @param {{ model: string, before: (model: string) => void, rounds: number }} how `before` each measured build
 */
async function inTurns(bench, builders, { model, before, rounds }) {
  const seconds = new Map(builders.map((builder) => [builder, [0].slice(1)]));
  for (const builder of builders) await build(bench, builder, { model });
  for (let round = 0; round < rounds; round += 1) {
    for (const builder of builders) {
      before(model);
      seconds.get(builder)?.push(await build(bench, builder, { model }));
    }
  }
  return (/** @type {Builder} */ builder) => median(seconds.get(builder) ?? []);
}

/** MLflow takes minutes and is asked once. @param {Bench} bench @param {(model: string) => void} before */
async function everyone(bench, before) {
  const how = { model: iris(bench), before, rounds: bench.rounds };
  const took = await inTurns(bench, ['caisson', 'tested', 'floor'], how);
  const mlflow = await inTurns(bench, ['mlflow'], { ...how, rounds: 1 });
  return {
    caisson: took('caisson'),
    tested: took('tested'),
    floor: took('floor'),
    mlflow: mlflow('mlflow'),
  };
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function changed(bench) {
  const figures = await everyone(bench, change);
  return [{ what: 'changed model', unit: 's', figures, goals: [{ against: 'mlflow', atMost: 0.015 }] }];
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function unchanged(bench) {
  const figures = await everyone(bench, () => undefined);
  return [{ what: 'nothing changed', unit: 's', figures, goals: [{ against: 'mlflow', atMost: 0.05 }] }];
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function large(bench) {
  const model = largeIris(bench);
  const how = { model, before: changeLarge, rounds: bench.rounds };
  const took = await inTurns(bench, ['caisson', 'tested', 'copy'], how);
  const figures = { caisson: took('caisson'), tested: took('tested'), floor: took('copy') };
  return [
    {
      what: '1 GB model changed (floor: COPY)',
      unit: 's',
      figures,
      goals: [{ against: 'floor', atMost: 1.3 }],
    },
  ];
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function size(bench) {
  const { xgboost, pandas } = await savedModels(bench);
  const models = [
    { name: 'iris', model: iris(bench), atMost: 0.33 },
    { name: 'xgboost pipeline', model: xgboost, atMost: 0.4 },
    { name: 'pyfunc with pandas', model: pandas, atMost: 0.4 },
  ];
  const lines = [];
  for (const { name, model, atMost } of models) {
    const figures = {
      caisson: await added(bench, 'caisson', model),
      floor: await added(bench, 'floor', model),
      mlflow: await added(bench, 'mlflow', model),
    };
    const goals = [{ against: /** @type {const} */ ('mlflow'), atMost }];
    lines.push({ what: `added to the base, ${name}`, unit: 'MB', figures, goals });
  }
  return lines;
}

/** What an image adds to its base, in MB. @param {Bench} bench @param {Builder} builder @param {string} model */
async function added(bench, builder, model) {
  await build(bench, builder, { model });
  const [image, base] = await Promise.all([
    inspectImage(bench.api, tagOf(builder, model)),
    inspectImage(bench.api, bench.base),
  ]);
  if (image === undefined || base === undefined) throw new SetUpError(`${builder} left no image`);
  return (image.Size - base.Size) / MB;
}

/** @param {Bench} bench @returns {Promise<Line[]>} */
async function pushed(bench) {
  const registry = await startRegistry({ api: bench.api, session: bench.session, access: 'open' });
  const model = iris(bench);
  /** @param {Builder} builder */
  const push = async (builder) => {
    const name = `${registry}/${REPOSITORY}:${builder}`;
    await build(bench, builder, { model, name });
    await caisson(bench, ['push', name]);
    return blobsOf(registry, { repository: REPOSITORY, tag: builder });
  };
  /** @param {Builder} builder */
  const changedBytes = async (builder) => {
    const before = await push(builder);
    change(model);
    const after = await push(builder);
    await removeImage(bench.api, `${registry}/${REPOSITORY}:${builder}`);
    return newBytes(before, after) / KB;
  };
  const figures = { caisson: await changedBytes('caisson'), floor: await changedBytes('floor') };
  const most = sizeOf(model) / KB + 50;
  const note = `the model plus 50 kB is ${most.toFixed(1)} kB (${figures.caisson <= most ? 'met' : 'missed'})`;
  return [{ what: 'pushed for a changed model', unit: 'kB', figures, goals: [], note }];
}
