// npm run soak: the server in the image under load, under attack and with faults. Prints figures; exits 1 when one does not hold.
import { removeStarted } from './serve-bench/containers.mjs';
import { layOut } from './serve-bench/soak/field.mjs';
import { must, sayFigures } from './serve-bench/soak/figures.mjs';
import { PARTS, partsOf } from './serve-bench/soak/parts.mjs';
import { provideWorkshop } from './serve-bench/workshop.mjs';
import { readOptions } from './support/options.mjs';
import { runSession } from './support/session.mjs';
import { formatSeconds } from './support/stopwatch.mjs';
import { heading, messageOf, say, SetUpError } from './support/terminal.mjs';

const USAGE = `usage: npm run soak [-- OPTIONS]

  --yes            install what is missing without asking
  --requests N     requests of the mixed load (default 100000)
  --connections N  its connections (default 64)
  --hostile N      malformed and hostile requests (default 10000)
  --only LIST      only these of ${Object.keys(PARTS).join(', ')}; faults: all but the first two
  --cpus N         CPUs of each container (default 2)
  --memory N       MiB of each container (default 2048)`;

/** @typedef {import('./serve-bench/soak/figures.mjs').Figure} Figure */

function options() {
  const text = { type: /** @type {const} */ ('string') };
  const names = ['requests', 'connections', 'hostile', 'only', 'cpus', 'memory'];
  const all = { yes: { type: /** @type {const} */ ('boolean') } };
  return readOptions({ ...all, ...Object.fromEntries(names.map((name) => [name, text])) }, USAGE);
}

/** @param {unknown} text @param {number} fallback */
function positive(text, fallback) {
  const value = Number(text ?? fallback);
  if (!(value > 0)) throw new SetUpError(`'${String(text)}' is not a number above 0`, USAGE);
  return value;
}

process.exit(
  await runSession(async (session) => {
    const given = /** @type {Record<string, unknown>} */ (options());
    const list = typeof given['only'] === 'string' ? given['only'] : Object.keys(PARTS).join(',');
    const names = partsOf(list);
    if (names === undefined) throw new SetUpError(`not all of '${list}' are parts of the soak test`, USAGE);
    const sizes = {
      requests: positive(given['requests'], 100_000),
      connections: positive(given['connections'], 64),
      hostile: positive(given['hostile'], 10_000),
    };
    const limits = { cpus: positive(given['cpus'], 2), memoryMib: positive(given['memory'], 2048) };
    const workshop = await provideWorkshop(session, { yes: given['yes'] === true });
    const field = await layOut(session, workshop, limits);
    /** @type {Figure[]} */
    const figures = [];
    for (const name of names) {
      heading(name);
      const found = await attempt(name, () => PARTS[name]?.(field, sizes), session.signal);
      await removeStarted(workshop.api);
      sayFigures(found);
      figures.push(...found);
    }
    heading('All figures');
    const named = figures.filter(({ name }) => name !== '');
    const failures = sayFigures(named);
    say(
      `\n${named.length} figures, ${failures} of them wrong, in ${formatSeconds(performance.now() / 1000)}`,
    );
    return failures === 0 ? 0 : 1;
  }),
);

/**
 * A part that cannot be brought to its end is a figure that does not hold; the others are measured all the same.
 * @param {string} name @param {() => Promise<Figure[]> | undefined} part @param {AbortSignal} signal @returns {Promise<readonly Figure[]>}
 */
async function attempt(name, part, signal) {
  try {
    return (await Promise.race([part(), aborted(signal)])) ?? [];
  } catch (error) {
    signal.throwIfAborted();
    return [must(`${name}: runs to its end`, messageOf(error), 'so', false)];
  }
}

/** Never resolves. Throws when somebody presses Ctrl-C. @param {AbortSignal} signal @returns {Promise<never>} */
function aborted(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
