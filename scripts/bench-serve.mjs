// npm run bench:serve: the server in the image against MLflow's own image of the same model, and against other servers of it, as
// ratios of medians taken in one run. Prints; asserts nothing.
import { writeFileSync } from 'node:fs';

import { contestants } from './serve-bench/contestants.mjs';
import { generatorLines, provideGenerator } from './serve-bench/load.mjs';
import { greatestRate, takeTurn } from './serve-bench/measures.mjs';
import { medians, sayRivals, sayScore } from './serve-bench/score.mjs';
import { provideWorkshop } from './serve-bench/workshop.mjs';
import { readOptions } from './support/options.mjs';
import { inRoot } from './support/paths.mjs';
import { runSession } from './support/session.mjs';
import { formatSeconds } from './support/stopwatch.mjs';
import { heading, messageOf, say, SetUpError } from './support/terminal.mjs';

const USAGE = `usage: npm run bench:serve [-- OPTIONS]

  --yes           install what is missing without asking
  --only LIST     only these of mlflow, caisson, bentoml, mlserver, mlserver-mlflow, litserve
  --rounds N      turns of each, in changing order (default 3)
  --duration N    seconds of each closed-loop load (default 5)
  --rate N        requests/s of the latency measurement (default: half of what MLflow's image can do, measured first)
  --model KIND    signature of the iris model: columns (default), or tensor, for which MLflow takes no CSV
  --cpus N        CPUs of each container (default 2)
  --memory N      MiB of each container (default 2048)
  --env LIST      NAME=VALUE,… for caisson's container
  --json FILE     writes all figures of all rounds there`;

/** @typedef {import('./serve-bench/measures.mjs').Field} Field */
/** @typedef {import('./serve-bench/measures.mjs').Entry} Entry */
/** @typedef {import('./serve-bench/measures.mjs').Figures} Figures */

/** @returns {Record<string, string | undefined>} */
function options() {
  const text = { type: /** @type {const} */ ('string') };
  const names = ['only', 'rounds', 'duration', 'rate', 'model', 'cpus', 'memory', 'env', 'json'];
  const all = { yes: { type: /** @type {const} */ ('boolean') } };
  const values = readOptions({ ...all, ...Object.fromEntries(names.map((name) => [name, text])) }, USAGE);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
}

/** @param {string | undefined} text @param {number} fallback */
function positive(text, fallback) {
  const value = Number(text ?? fallback);
  if (!(value > 0)) throw new SetUpError(`'${text}' is not a number above 0`, USAGE);
  return value;
}

/**
 * The images of those who can be had; MLflow's and ours must be.
 * @param {import('./serve-bench/images.mjs').Workshop} workshop @param {{ kind: 'tensor' | 'columns', only: string | undefined }} choice
 * @returns {Promise<Entry[]>}
 */
async function gather(workshop, { kind, only }) {
  const all = contestants(kind);
  const wanted = only?.split(',') ?? all.map(({ name }) => name);
  const unknown = wanted.find((name) => !all.some((contestant) => contestant.name === name));
  if (unknown !== undefined) throw new SetUpError(`there is no contestant '${unknown}'`, USAGE);
  const model = inRoot(`fixtures/models/mlflow3-iris-${kind}`);
  /** @type {Entry[]} */
  const entries = [];
  for (const contestant of all.filter(({ name }) => wanted.includes(name))) {
    try {
      entries.push({ contestant, image: await contestant.build(workshop, model) });
    } catch (error) {
      if (workshop.signal.aborted || ['mlflow', 'caisson'].includes(contestant.name)) throw error;
      say(`skipped: ${contestant.name}: its image is not built:\n${messageOf(error)}`);
    }
  }
  return entries;
}

/** @param {Field} field @param {readonly Entry[]} entries @param {{ rounds: number, rate: number | undefined }} how */
async function compete(field, entries, { rounds, rate }) {
  /** @type {Map<string, Figures[]>} */
  const turns = new Map(entries.map(({ contestant }) => [contestant.name, []]));
  const out = new Set();
  for (let round = 0; round < rounds; round += 1) {
    // The order turns, so that no one always runs on the warmest or the busiest machine.
    const shift = round % entries.length;
    for (const entry of [...entries.slice(shift), ...entries.slice(0, shift)]) {
      const { name } = entry.contestant;
      if (out.has(name)) continue;
      say(`round ${round + 1} of ${rounds}: ${name}`);
      try {
        const { figures, notes } = await takeTurn(field, entry, rate);
        turns.get(name)?.push(figures);
        for (const note of notes) say(`  ${note}`);
      } catch (error) {
        if (field.session.signal.aborted || ['mlflow', 'caisson'].includes(name)) throw error;
        say(`skipped: ${name}: ${messageOf(error)}`);
        out.add(name);
        turns.delete(name);
      }
    }
  }
  return turns;
}

process.exit(
  await runSession(async (session) => {
    const given = options();
    const kind = given['model'] ?? 'columns';
    if (kind !== 'tensor' && kind !== 'columns') throw new SetUpError(`there is no model '${kind}'`, USAGE);
    const rounds = positive(given['rounds'], 3);
    const limits = { cpus: positive(given['cpus'], 2), memoryMib: positive(given['memory'], 2048) };
    const seconds = positive(given['duration'], 5);
    const workshop = await provideWorkshop(session, {
      yes: given['yes'] === 'true',
      alsoInstalls: generatorLines(),
    });
    await provideGenerator(session.signal);
    const entries = await gather(workshop, { kind, only: given['only'] });
    const env = given['env']?.split(',') ?? [];
    const field = { api: workshop.api, session, limits, seconds, env };
    const baseline = entries.find(({ contestant }) => contestant.name === 'mlflow');
    const greatest = baseline && !given['rate'] ? await greatestRate(field, baseline) : undefined;
    const rate = given['rate'] ? positive(given['rate'], 1) : greatest && greatest / 2;
    const turns = await compete(field, entries, { rounds, rate });
    const score = medians(turns);
    heading(
      `Medians of ${rounds} rounds, ${limits.cpus} CPUs and ${limits.memoryMib} MiB each, ${kind} model` +
        (rate === undefined ? '' : `, rate ${rate.toFixed(0)}/s`),
    );
    const goals = sayScore(score);
    sayRivals(score);
    if (given['json'])
      writeFileSync(
        given['json'],
        `${JSON.stringify({ limits, rate, kind, turns: Object.fromEntries(turns), goals }, undefined, 2)}\n`,
      );
    say(`\nmeasured in ${formatSeconds(performance.now() / 1000)}`);
    return 0;
  }),
);
