import { say, sayError, messageOf } from './terminal.mjs';

/**
 * @typedef {object} Session
 * @property {AbortSignal} signal aborted by Ctrl-C and SIGTERM
 * @property {(what: string, undo: () => Promise<unknown> | unknown) => void} atEnd registers what must be undone at the end,
 *   whatever the end is; the last registered is undone first
 */

/**
 * Runs a story and then undoes everything that it started, also after a failure or Ctrl-C, and ends the process.
 * @param {(session: Session) => Promise<number>} story returns the exit code
 */
export async function runSession(story) {
  const controller = new AbortController();
  /** @type {{ what: string, undo: () => unknown }[]} */
  const undos = [];
  let exitCode = 1;
  /** @param {NodeJS.Signals} name */
  const interrupt = (name) => {
    if (controller.signal.aborted) return;
    exitCode = name === 'SIGINT' ? 130 : 143;
    process.stderr.write('\ninterrupted: stopping what was started\n');
    controller.abort(new Error(name));
  };
  // While a story waits, something always keeps Node running: fetch's idle sockets and AbortSignal.timeout alone do not, and Node
  // would then end in the middle of the story without a word.
  const awake = setInterval(() => undefined, 60_000);
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  try {
    const code = await story({
      signal: controller.signal,
      atEnd: (what, undo) => undos.push({ what, undo }),
    });
    if (!controller.signal.aborted) exitCode = code;
  } catch (error) {
    if (!controller.signal.aborted) sayError(error);
  }
  for (const { what, undo } of undos.reverse()) {
    try {
      await undo();
    } catch (error) {
      say(`could not ${what}: ${messageOf(error)}`);
    }
  }
  clearInterval(awake);
  return exitCode;
}
