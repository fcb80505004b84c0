import type { Emit } from '../../core/events.ts';
import type { RunningContainer } from '../../engine/port.ts';
import { parseStartReport, type StartReport } from './ready-line.ts';

/** As many of the last lines as an error shows. */
const TAIL_LINES = 20;

export type ContainerEnd = Awaited<ReturnType<RunningContainer['wait']>>;

/** Follows one container: its log goes out as events, its report and its end are awaited by whoever needs them. */
export interface ContainerWatch {
  /** Resolves at the first ready or failed line; never, when there is none. */
  readonly report: Promise<StartReport>;
  /** Resolves when the container has ended and its whole log was passed on; rejects when the engine cannot tell. */
  readonly ended: Promise<ContainerEnd>;
  readonly tail: () => readonly string[];
  /** What the server last said of why it fails, at its start or later; undefined when it has said nothing. */
  readonly reason: () => string | undefined;
}

export interface WatchInput {
  readonly container: RunningContainer;
  readonly emit: Emit;
  /** Ends the following, not the container. */
  readonly signal: AbortSignal;
}

export function watchContainer({ container, emit, signal }: WatchInput): ContainerWatch {
  const tail: string[] = [];
  let reason: string | undefined;
  let tellReport: (report: StartReport) => void;
  const report = new Promise<StartReport>((resolve) => {
    tellReport = resolve;
  });
  const follow = async (): Promise<void> => {
    for await (const { stream, line } of container.logs(signal)) {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      emit({ type: 'container.log', stream, line });
      const parsed = parseStartReport(line);
      if (parsed !== undefined) tellReport(parsed);
      if (parsed?.kind === 'failed') reason = parsed.reason;
    }
  };
  const ended = waitForEnd(container, follow());
  // whoever never asks for the end must not die of it; whoever asks still gets the rejection
  ended.catch(() => undefined);
  return { report, ended, tail: () => [...tail], reason: () => reason };
}

/** The end of the container, told after the end of its log: the reason for an end is in its last lines. */
async function waitForEnd(container: RunningContainer, followed: Promise<void>): Promise<ContainerEnd> {
  const [end] = await Promise.all([container.wait(), followed]);
  return end;
}
