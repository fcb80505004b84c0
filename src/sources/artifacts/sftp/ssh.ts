import type { CaissonError } from '../../../core/errors.ts';
import type { SftpUri } from '../../../model/store-uri.ts';
import { startPiped, type PipedProgram } from '../../../platform/process-pipe.ts';
import { storeError } from '../artifact-errors.ts';
import { provideAskpass } from './askpass.ts';
import { SftpSession } from './session.ts';

export interface SshConnection {
  readonly session: SftpSession;
  /** Lets the connection go. */
  stop(): Promise<void>;
}

/**
 * Options that sftp itself gives to ssh, and a limit for a host that does not answer. A command or a terminal that the user's configuration
 * names for this host is for logins.
 */
const OPTIONS = [
  'ForwardX11=no',
  'ForwardAgent=no',
  'PermitLocalCommand=no',
  'ClearAllForwardings=yes',
  'RemoteCommand=none',
  'RequestTTY=no',
  'ConnectTimeout=30',
  'ServerAliveInterval=15',
  'ServerAliveCountMax=4',
];

/**
 * Connects with OpenSSH's own client, which is spoken with over its stdin and stdout: the keys, agents, certificates, jump hosts and host names
 * of ~/.ssh/config, and the keys of known hosts, are then what they are for the user's `ssh`, checked by the program that is trusted with it.
 * It asks nothing, as nobody may be there to answer. Throws PROGRAM_MISSING, STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED.
 *
 * @param shown the store, for errors
 */
export async function connectSsh(uri: SftpUri, shown: string, signal: AbortSignal): Promise<SshConnection> {
  const askpass = uri.password === undefined ? undefined : await provideAskpass(uri.password);
  const program = await startPiped({ program: 'ssh', argv: argvOf(uri), env: askpass?.env ?? {} });
  const session = new SftpSession(program);
  const onAbort = (): void => program.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) program.stop();
    await session.begin();
  } catch {
    program.stop();
    throw sshError(await program.ended, { uri, shown });
  } finally {
    signal.removeEventListener('abort', onAbort);
    await askpass?.remove();
  }
  return { session, stop: () => stop(program) };
}

async function stop(program: PipedProgram): Promise<void> {
  program.input.end();
  program.stop();
  await program.ended.catch(() => undefined);
}

function argvOf({ host, port, user, password }: SftpUri): readonly string[] {
  return [
    ...OPTIONS.flatMap((option) => ['-o', option]),
    // with a password ssh asks the program that knows it, and nobody else
    ...(password === undefined ? ['-o', 'BatchMode=yes'] : ['-o', 'NumberOfPasswordPrompts=1']),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...['-s', '--', host, 'sftp'],
  ];
}

interface Subject {
  readonly uri: SftpUri;
  readonly shown: string;
}

/** What ssh prints is in English whatever the locale. @param said the last of its stderr */
function sshError(said: string, { uri, shown }: Subject): CaissonError {
  const line = lastLine(said);
  const address = `${uri.port === undefined ? '' : `-p ${uri.port} `}${uri.host}`;
  if (said.includes('REMOTE HOST IDENTIFICATION HAS CHANGED'))
    return storeError(shown, {
      kind: 'denied',
      reason: 'its host key is not the one of ~/.ssh/known_hosts',
      hint: `ask whoever runs the host why; the old key is removed with 'ssh-keygen -R ${knownName(uri)}'`,
    });
  if (said.includes('Host key verification failed'))
    return storeError(shown, {
      kind: 'denied',
      reason: 'its host key is not known',
      hint: `connect once with 'ssh ${address}' and compare the key that it shows, or add it to ~/.ssh/known_hosts`,
    });
  if (/Permission denied|Too many authentication failures/.test(said))
    return storeError(shown, {
      kind: 'denied',
      reason: line,
      hint: `'ssh ${address}' must log in without a question: name a key in ~/.ssh/config, or add it to the agent`,
    });
  if (said.includes('subsystem request failed'))
    return storeError(shown, { kind: 'failed', reason: 'the host has no SFTP', hint: 'ask whoever runs it' });
  return storeError(shown, {
    kind: UNREACHABLE.test(said) ? 'unreachable' : 'failed',
    reason: line === '' ? 'ssh ended without a word' : line,
    hint: `see what 'ssh ${address}' says`,
  });
}

const UNREACHABLE =
  /Could not resolve|Connection (refused|timed out|closed|reset)|No route to host|Network is unreachable|banner exchange/;

const knownName = ({ host, port }: SftpUri): string => (port === undefined ? host : `'[${host}]:${port}'`);

function lastLine(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '').replace(/\p{Cc}/gu, '\uFFFD').slice(0, 300);
}
