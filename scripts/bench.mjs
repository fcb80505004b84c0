// npm run bench: how long builds take and what images weigh, against MLflow's own image and a Dockerfile written by hand, on one base and in
// one run. Prints; asserts nothing.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { buildWithBuildKit, emptyBuildCache, removeOurImagesBut, REPOSITORY } from './image-bench/engine.mjs';
import { ROWS } from './image-bench/rows.mjs';
import { sayTable } from './image-bench/table.mjs';
import { buildBase } from './serve-bench/images.mjs';
import { provideWorkshop } from './serve-bench/workshop.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { formatSeconds } from './support/stopwatch.mjs';
import { heading, say, SetUpError } from './support/terminal.mjs';

const USAGE = `usage: npm run bench [-- OPTIONS]

  --yes        install what is missing without asking
  --only LIST  only these rows of ${Object.keys(ROWS).join(', ')}
  --rounds N   measured builds where a build is quick (default 3); the others are measured once`;

/** @typedef {import('./image-bench/builders.mjs').Bench} Bench */

/** In the table's order, because MLflow's first build is one only before its other ones. @param {unknown} only */
function chosenRows(only) {
  const wanted = typeof only === 'string' ? only.split(',') : Object.keys(ROWS);
  const unknown = wanted.find((name) => !Object.hasOwn(ROWS, name));
  if (unknown !== undefined) throw new SetUpError(`there is no row '${unknown}'`, USAGE);
  return Object.entries(ROWS).filter(([name]) => wanted.includes(name));
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

process.exit(
  await runSession(async (session) => {
    const given = readOptions(
      { yes: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' } },
      USAGE,
    );
    const rows = chosenRows(given.only);
    const rounds = roundsOf(given.rounds);
    const bench = await provideBench(session, { yes: given.yes === true, rounds });
    const lines = [];
    for (const [name, measure] of rows) {
      heading(name);
      lines.push(...(await measure(bench)));
    }
    heading(`One run on this machine; medians of ${rounds} where builds are quick`);
    sayTable(lines);
    if (bench.origin === 'found')
      say('\nthe build cache of your engine keeps layers of this: docker builder prune');
    say(`\nmeasured in ${formatSeconds(performance.now() / 1000)}`);
    return 0;
  }),
);
