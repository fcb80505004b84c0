import { usage } from './usage.ts';

const SYNTAX = 'write --ssh default, or --ssh default=SOCKET with the socket of an agent';

/**
 * `--ssh default[=SOCKET]`: the path of the agent's socket as written, or undefined for the agent of SSH_AUTH_SOCK. docker's other ids are
 * not taken, since caisson's steps mount the default one alone. Throws USAGE.
 */
export function parseSsh(text: string): { readonly socket: string | undefined } {
  const [, id = '', socket] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (id !== 'default') throw usage(`'${id}' for --ssh is not an agent that the build mounts`, SYNTAX);
  if (socket === '') throw usage(`'${text}' for --ssh names no socket`, SYNTAX);
  return { socket };
}
