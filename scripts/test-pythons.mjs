// npm run test:pythons: the tests of the server in the image, and an image of the iris model, on other Pythons than 3.11.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { testOnPython } from './pythons/suite.mjs';
import { smoke } from './pythons/smoke.mjs';
import { provideWorkshop } from './serve-bench/workshop.mjs';
import { resultLine, totalLine, totalsOf } from './suites/result.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { heading, say, SetUpError } from './support/terminal.mjs';

const PYTHONS = /** @type {const} */ (['3.9', '3.13']);

const USAGE = `usage: npm run test:pythons [-- --yes] [-- --only LIST] [-- --smoke]

  --yes        install what is missing without asking
  --only LIST  only these of ${PYTHONS.join(', ')}
  --smoke      only the image of the iris model, not the tests`;

/** @typedef {import('./suites/result.mjs').SuiteResult} SuiteResult */

/** @param {unknown} only */
function chosen(only) {
  const wanted = typeof only === 'string' ? only.split(',') : PYTHONS;
  const unknown = wanted.find((name) => !PYTHONS.some((python) => python === name));
  if (unknown !== undefined) throw new SetUpError(`Python ${unknown} is not among those tested`, USAGE);
  return PYTHONS.filter((python) => wanted.includes(python));
}

process.exit(
  await runSession(async (session) => {
    const boolean = { type: /** @type {const} */ ('boolean') };
    const values = readOptions({ yes: boolean, smoke: boolean, only: { type: 'string' } }, USAGE);
    const pythons = chosen(values.only);
    const workshop = await provideWorkshop(session, { yes: values.yes === true });
    const folder = mkdtempSync(path.join(tmpdir(), 'caisson-pythons-'));
    session.atEnd('remove the models', () => rmSync(folder, { recursive: true, force: true }));
    /** @type {SuiteResult[]} */
    const results = [];
    for (const python of pythons) {
      heading(`Python ${python}`);
      const models = path.join(folder, python);
      mkdirSync(models);
      const runs = await testOnPython(session, workshop, { python, models, tests: values.smoke !== true });
      results.push(...runs, await smoke(session, workshop, { python, models }));
      for (const result of results.slice(-runs.length - 1)) {
        say(resultLine(result));
        if (result.failed > 0) say(result.output.trimEnd());
      }
    }
    say(totalLine(results));
    return totalsOf(results).failed === 0 ? 0 : 1;
  }),
);
