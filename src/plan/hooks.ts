import { CaissonError } from '../core/errors.ts';

/** Quoted, a byte may take six, and a line of a Dockerfile ends at 65,535. */
const MAX_BYTES = 10_000;

/** A password in a URL, written out: one that the shell puts there comes from a secret. */
const LOGIN = /[a-z][a-z0-9+.-]*:\/\/[^\s/@?#$`'"]*:[^\s/@?#$`'"]+@|https?:\/\/(?!git@)[^\s/@:?#$`'"]+@/i;

/**
 * Shell commands as they were written, any number of lines. Throws USAGE for one that is empty, too long, not text that a program takes as an
 * argument, or one that holds a login.
 */
export function checkHooks(hooks: readonly string[]): readonly string[] {
  for (const hook of hooks) {
    if (hook.trim() === '') throw usage('a command for --run is empty', 'write --run COMMAND');
    if (/[\0\p{Cs}]/u.test(hook))
      throw usage(
        `${JSON.stringify(hook)} for --run holds a character that no command can have`,
        'remove it',
      );
    if (LOGIN.test(hook))
      throw usage(
        'a command for --run holds a login, which would stay in the history of the image',
        'give it with --secret id=ID,env=NAME and read it in the command: $(cat /run/secrets/ID)',
      );
    if (Buffer.byteLength(hook) > MAX_BYTES)
      throw usage(`a command for --run is longer than ${MAX_BYTES} bytes`, 'split it into several --run');
  }
  return hooks;
}

const usage = (message: string, hint: string): CaissonError => new CaissonError('USAGE', message, { hint });
