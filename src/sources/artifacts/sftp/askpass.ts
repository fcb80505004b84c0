import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How ssh gets the password of a URI: it runs the program that a variable names, and reads what that prints. */
export interface Askpass {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * Only a prompt for a password gets it: not the one for the passphrase of a key, and the question whether to trust an unknown host is not
 * answered. The password itself is in the environment of ssh alone, and in no file.
 */
const SCRIPT = `#!/bin/sh
case "$1" in
  *assword*) printf '%s\\n' "$CAISSON_SSH_PASSWORD" ;;
  *) exit 1 ;;
esac
`;

/** Needs OpenSSH 8.4 or newer: an older one does not ask without a display. */
export async function provideAskpass(password: string): Promise<Askpass> {
  const folder = await mkdtemp(join(tmpdir(), 'caisson-ssh-'));
  const path = join(folder, 'askpass');
  await writeFile(path, SCRIPT, { mode: 0o700 });
  return {
    env: { SSH_ASKPASS: path, SSH_ASKPASS_REQUIRE: 'force', CAISSON_SSH_PASSWORD: password },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
