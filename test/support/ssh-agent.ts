import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

interface SshAgent extends AsyncDisposable {
  readonly socket: string;
}

/** OpenSSH's own agent with one key, until it is let go. */
export async function startSshAgent(key: string): Promise<SshAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'caisson-agent-'));
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  for (let tries = 0; !existsSync(socket) && tries < 200; tries += 1) await wait(50);
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
