import type { CaissonEvent, Emit } from '../../core/events.ts';
import type { Redact } from '../../core/redaction.ts';
import type { ErrorView } from './error-view.ts';

/** Decides what is seen of the events. Gets them redacted and with a time. */
export interface Reporter {
  event(event: CaissonEvent, time: Date): void;
  /** The last thing that is told, when the command fails. */
  error(view: ErrorView, time: Date): void;
  /** Leaves the terminal as it was; called once, at the end, whatever happened. */
  close(): void;
}

/** Where a reporter writes. */
export interface TextSink {
  write(text: string): unknown;
}

export interface ReportingInput {
  readonly reporter: Reporter;
  readonly redact: Redact;
  readonly now: () => Date;
}

export interface Reporting {
  readonly emit: Emit;
  readonly error: (view: ErrorView) => void;
}

/** The one wrapper in front of every reporter: secrets out, time in. */
export function createReporting({ reporter, redact, now }: ReportingInput): Reporting {
  return {
    emit: (event) => reporter.event(redactAll(event, redact), now()),
    error: (view) => reporter.error(redactAll(view, redact), now()),
  };
}

/** Every text of a flat value, redacted. */
function redactAll<T extends object>(value: T, redact: Redact): T {
  const entries = Object.entries(value).map(([key, held]: [string, unknown]) => [
    key,
    typeof held === 'string' ? redact(held) : held,
  ]);
  return Object.fromEntries(entries) as T;
}
