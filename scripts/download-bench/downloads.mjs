import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { compile, installNodeModules } from '../setup/node.mjs';
import { becomeTheOnlyRun } from '../setup/only-run.mjs';
import { providePython, PYTHON, STORES } from '../setup/python.mjs';
import { agree, survey } from '../setup/survey.mjs';
import { heading, say } from '../support/terminal.mjs';
import { caisson, CLIENT, CONNECTIONS, curl, mlflow } from './contestants.mjs';
import { providePlaces } from './places.mjs';

/** @typedef {Awaited<ReturnType<typeof caisson>> & { curl: number, mlflow: number }} Round */

const GOALS = { ofCurl: 0.9, peakMegabytes: 150, cachedMs: 100 };

/**
 * How quickly models come, against curl and MLflow's own client. Needs no engine.
 * @param {import('../support/session.mjs').Session} session @param {{ yes: boolean, rounds: number }} options
 */
export async function benchDownloads(session, { yes, rounds }) {
  const { signal } = session;
  const environments = [PYTHON, STORES, CLIENT];
  await agree(await survey({ engineAnswers: false, needsEngine: false, environments }), { yes, signal });
  await becomeTheOnlyRun(session);
  heading('Set-up of the downloads');
  await installNodeModules(signal);
  await compile();
  for (const environment of environments) await providePython(environment, signal);
  const folder = mkdtempSync(path.join(tmpdir(), 'caisson-downloads-'));
  session.atEnd('remove the downloads', () => rmSync(folder, { recursive: true, force: true }));
  const places = await providePlaces(session);
  heading(`Downloads: medians of ${rounds}; curl with ${CONNECTIONS} connections, told every file`);
  for (const place of places) {
    /** @type {Round[]} */
    const taken = [];
    for (let round = 0; round < rounds; round += 1) taken.push(await takeRound({ folder, signal }, place));
    for (const line of report(place.what, taken)) say(line);
  }
}

/** @param {import('./contestants.mjs').Bench} bench @param {import('./places.mjs').Place} place @returns {Promise<Round>} */
async function takeRound(bench, place) {
  const ours = await caisson(bench, place);
  return { ...ours, curl: await curl(bench, place), mlflow: await mlflow(bench, place) };
}

/** @param {string} what @param {readonly Round[]} rounds */
function report(what, rounds) {
  /** @param {keyof Round} name */
  const median = (name) => rounds.map((round) => round[name]).sort((a, b) => a - b)[rounds.length >> 1] ?? 0;
  const [seconds, peak, warm] = [median('seconds'), median('peakMegabytes'), median('warm')];
  const ofCurl = median('curl') / seconds;
  const ofMlflow = median('mlflow') / seconds;
  /** @param {boolean} met */
  const verdict = (met) => (met ? 'met' : 'missed');
  return [
    `  ${what}`,
    `    caisson ${seconds.toFixed(1)} s, curl ${median('curl').toFixed(1)} s, mlflow artifacts download ${median('mlflow').toFixed(1)} s`,
    `    ${ofCurl.toFixed(2)} x the throughput of curl (goal >= ${GOALS.ofCurl}, ${verdict(ofCurl >= GOALS.ofCurl)}), ${ofMlflow.toFixed(2)} x that of MLflow (goal > 1, ${verdict(ofMlflow > 1)})`,
    `    ${peak.toFixed(0)} MB of memory at most (goal < ${GOALS.peakMegabytes}, ${verdict(peak < GOALS.peakMegabytes)})`,
    `    cached: ${warm.toFixed(0)} ms after start-up (goal < ${GOALS.cachedMs}, ${verdict(warm < GOALS.cachedMs)}), ${median('cold').toFixed(0)} ms with it, ${median('requests')} requests`,
  ];
}
