import { messageOf } from '../../core/errors.ts';
import type { RunningContainer } from '../../engine/port.ts';
import type { Work } from '../ports.ts';

/**
 * Seconds between SIGTERM and SIGKILL: as docker stop gives, and fewer before the server is ready, when no request can be lost and a
 * process that has just begun may not have heard of signals yet. Of a self-test nothing is left to be answered.
 */
const GRACE_SECONDS = { starting: 2, serving: 10, tested: 0 } as const;

export interface LettingGo {
  readonly phase: keyof typeof GRACE_SECONDS;
  readonly afterStop: 'keep' | 'remove';
}

/**
 * Stops the container and, unless it is to be kept, removes it. Runs on every way out, an interruption included, so it takes no signal; what
 * goes wrong here must not hide why the command ends.
 */
export async function letGo(
  container: RunningContainer,
  { phase, afterStop }: LettingGo,
  { emit }: Pick<Work, 'emit'>,
): Promise<void> {
  try {
    await container.stop(GRACE_SECONDS[phase]);
    if (afterStop === 'remove') await container.remove();
  } catch (error) {
    const message = `container '${container.name}' could not be cleaned up: ${messageOf(error)}`;
    emit({ type: 'warning', message, hint: `docker rm -f ${container.name}` });
  }
}
