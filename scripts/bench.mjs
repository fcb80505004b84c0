// npm run bench: how long builds take and what images weigh, against MLflow's own image and a Dockerfile written by hand, on one base and in
// one run; and how quickly models are downloaded, against curl and MLflow's client. Prints; asserts nothing.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { benchDownloads } from './download-bench/downloads.mjs';
import { buildWithBuildKit, emptyBuildCache, removeOurImagesBut, REPOSITORY } from './image-bench/engine.mjs';
import { ROWS } from './image-bench/rows.mjs';
import { sayTable } from './image-bench/table.mjs';
import { buildBase } from './serve-bench/images.mjs';
import { provideWorkshop } from './serve-bench/workshop.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { formatSeconds } from './support/stopwatch.mjs';
import { heading, say, SetUpError } from './support/terminal.mjs';

/** The rows that need no engine. */
const DOWNLOADS = 'downloads';

const USAGE = `usage: npm run bench [-- OPTIONS]

  --yes        install what is missing without asking
  --only LIST  only these rows of ${[...Object.keys(ROWS), DOWNLOADS].join(', ')}
  --rounds N   measured builds where a build is quick (default 3); the others are measured once`;

/** @typedef {import('./image-bench/builders.mjs').Bench} Bench */

/** The images in the table's order, because MLflow's first build is one only before its other ones. @param {unknown} only */
function chosenRows(only) {
  const all = [...Object.keys(ROWS), DOWNLOADS];
  const wanted = typeof only === 'string' ? only.split(',') : all;
  const unknown = wanted.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new SetUpError(`there is no row '${unknown}'`, USAGE);
  return {
    images: Object.entries(ROWS).filter(([name]) => wanted.includes(name)),
    downloads: wanted.includes(DOWNLOADS),
  };
}

/** @param {unknown} text */
function roundsOf(text) {
  const rounds = Number(text ?? 3);
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new SetUpError(`'${String(text)}' is not a number of rounds`, USAGE);
  return rounds;
}

/** @param {import('./support/session.mjs').Session} session @param {{ yes: boolean, rounds: number }} options @returns {Promise<Bench>} */
async function provideBench(session, { yes, rounds }) {
  const workshop = await provideWorkshop(session, { yes });
  const { api, signal, origin } = workshop;
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-bench-'));
  session.atEnd('remove the folder', () => rmSync(folder, { recursive: true, force: true }));
  if (origin === 'own') session.atEnd('empty the build cache', () => emptyBuildCache(api, 'layers'));
  session.atEnd('remove the images', () => removeOurImagesBut(api));
  await removeOurImagesBut(api);
  const base = `${REPOSITORY}:base`;
  const buildArgs = { BASE: await buildBase(workshop), RUN_ID: randomUUID() };
  await buildWithBuildKit(workshop, { folder: 'base', tag: base, buildArgs });
  return { api, signal, origin, base, folder, rounds, session };
}

/**
 * @param {import('./support/session.mjs').Session} session
 * @param {{ rows: ReturnType<typeof chosenRows>['images'], yes: boolean, rounds: number }} options
 */
async function benchImages(session, { rows, yes, rounds }) {
  const bench = await provideBench(session, { yes, rounds });
  const lines = [];
  for (const [name, measure] of rows) {
    heading(name);
    lines.push(...(await measure(bench)));
  }
  heading(`One run on this machine; medians of ${rounds} where builds are quick`);
  sayTable(lines);
  if (bench.origin === 'found')
    say('\nthe build cache of your engine keeps layers of this: docker builder prune');
}

/** Each in a session of its own: both want to be the only run. @param {(session: import('./support/session.mjs').Session) => Promise<void>} story */
const inSession = (story) =>
  runSession(async (session) => {
    await story(session);
    return 0;
  });

process.exit(
  await runSession(async () => {
    const given = readOptions(
      { yes: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' } },
      USAGE,
    );
    const { images, downloads } = chosenRows(given.only);
    const options = { yes: given.yes === true, rounds: roundsOf(given.rounds) };
    const parts = [
      ...(images.length === 0
        ? []
        : [() => inSession((session) => benchImages(session, { rows: images, ...options }))]),
      ...(downloads ? [() => inSession((session) => benchDownloads(session, options))] : []),
    ];
    for (const part of parts) {
      const code = await part();
      if (code !== 0) return code;
    }
    say(`\nmeasured in ${formatSeconds(performance.now() / 1000)}`);
    return 0;
  }),
);
