import type { CaissonEvent } from '../../core/events.ts';
import { errorLines, type ErrorView } from './error-view.ts';
import { formatDuration, formatProgress } from './format.ts';
import type { Reporter, TextSink } from './reporter.ts';

/** Milliseconds between two lines about the progress of one step. */
const PROGRESS_INTERVAL = 5000;

interface RunningStep {
  readonly title: string;
  readonly started: number;
  lastProgress: number;
}

/** Whole lines without control characters of our own: for logs, pipes and people who like it quiet. */
export function createPlainReporter(sink: TextSink): Reporter {
  const steps = new Map<string, RunningStep>();
  const line = (text: string): void => {
    sink.write(`${text}\n`);
  };
  return {
    event: (event, time) => plainLines(event, time.getTime(), steps).forEach(line),
    error: (view: ErrorView) => errorLines(view).forEach(line),
    close: () => undefined,
  };
}

function plainLines(event: CaissonEvent, now: number, steps: Map<string, RunningStep>): readonly string[] {
  switch (event.type) {
    case 'step.start':
      steps.set(event.step, { title: event.title, started: now, lastProgress: now });
      return [event.title];
    case 'step.log':
      return [`  ${event.line}`];
    case 'step.progress': {
      const step = steps.get(event.step);
      if (step === undefined || now - step.lastProgress < PROGRESS_INTERVAL) return [];
      step.lastProgress = now;
      return [`${step.title}: ${formatProgress(event, now - step.started)}`];
    }
    case 'step.end': {
      const step = steps.get(event.step);
      steps.delete(event.step);
      return step === undefined ? [] : [endLine(step, event, now)];
    }
    case 'note':
    case 'warning':
    case 'container.log':
      return messageLines(event);
  }
}

function endLine(
  { title, started }: RunningStep,
  { outcome, note }: CaissonEvent & { readonly type: 'step.end' },
  now: number,
): string {
  return `${title}: ${outcome} in ${formatDuration(now - started)}${note === undefined ? '' : ` (${note})`}`;
}

/** The same on every reporter for people. The lines of the container are its own and stay as they are. */
export function messageLines(
  event: CaissonEvent & { readonly type: 'note' | 'warning' | 'container.log' },
): readonly string[] {
  switch (event.type) {
    case 'note':
      return event.message.split('\n');
    case 'warning':
      return [`warning: ${event.message}`, ...(event.hint === undefined ? [] : [`  hint: ${event.hint}`])];
    case 'container.log':
      return [event.line];
  }
}
