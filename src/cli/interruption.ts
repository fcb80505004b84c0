import { CaissonError } from '../core/errors.ts';

type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** How the world outside stops caisson: signals, and readers of its output that go away. */
export interface Interruption {
  /** Aborted with a CaissonError that holds the exit code. */
  readonly signal: AbortSignal;
  readonly onSignal: (name: SignalName) => void;
  /** For errors of stderr: nobody reads the story any more (`caisson run … 2>&1 | head`), so the work ends as on Ctrl-C. */
  readonly onBrokenOutput: (error: NodeJS.ErrnoException) => void;
  /** For errors of stdout: the answer is the last thing written; the work is done and its outcome stands. */
  readonly onBrokenAnswer: (error: NodeJS.ErrnoException) => void;
}

/** The first signal asks the work to stop and clean up; a second SIGINT ends at once through `endNow`. */
export function createInterruption({
  endNow,
}: {
  readonly endNow: (exitCode: number) => void;
}): Interruption {
  const controller = new AbortController();
  const onSignal = (name: SignalName): void => {
    if (controller.signal.aborted) {
      if (name === 'SIGINT') endNow(130);
      return;
    }
    controller.abort(reasonFor(name));
  };
  return {
    signal: controller.signal,
    onSignal,
    onBrokenOutput: () => {
      if (!controller.signal.aborted) {
        controller.abort(new CaissonError('INTERRUPTED', 'nobody reads the output any more'));
      }
    },
    onBrokenAnswer: () => undefined,
  };
}

/** A hang-up is an end from outside, like SIGTERM. */
function reasonFor(name: SignalName): CaissonError {
  return name === 'SIGINT'
    ? new CaissonError('INTERRUPTED', 'interrupted')
    : new CaissonError('TERMINATED', `terminated by ${name}`);
}
