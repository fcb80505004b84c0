import type { Reporter, TextSink } from './reporter.ts';

/** Raised when a field changes its meaning or goes; new fields and new events do not raise it. */
export const EVENT_VERSION = 1;

/** One JSON object a line: the event with its version and time, and at the end the error as `{"type":"error",…}`. */
export function createJsonReporter(sink: TextSink): Reporter {
  const line = (value: object, time: Date): void => {
    sink.write(`${JSON.stringify({ v: EVENT_VERSION, time: time.toISOString(), ...value })}\n`);
  };
  return {
    event: (event, time) => line(event, time),
    error: (view, time) => line({ type: 'error', ...view }, time),
    close: () => undefined,
  };
}
