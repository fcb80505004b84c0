// npm run check: everything that needs no container engine, in under a minute.
import { agree, survey } from './setup/survey.mjs';
import { compile, installNodeModules } from './setup/node.mjs';
import { providePython, PYTHON } from './setup/python.mjs';
import { runChecks } from './suites/checks.mjs';
import { totalLine, totalsOf } from './suites/result.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { formatSeconds } from './support/stopwatch.mjs';
import { say } from './support/terminal.mjs';

const USAGE = 'usage: npm run check [-- --yes]\n\n  --yes  install what is missing without asking';

process.exit(
  await runSession(async ({ signal }) => {
    const { yes } = readOptions({ yes: { type: 'boolean' } }, USAGE);
    const lines = await survey({ engineAnswers: true, needsEngine: false, environments: [PYTHON] });
    if (lines.length > 0) await agree(lines, { yes: yes === true, signal });
    await installNodeModules(signal);
    await providePython(PYTHON, signal);
    await compile();
    const results = await runChecks({ projects: ['unit', 'golden', 'contract'], signal, say });
    say(`\nchecked in ${formatSeconds(performance.now() / 1000)}`);
    say(totalLine(results));
    return totalsOf(results).failed === 0 ? 0 : 1;
  }),
);
