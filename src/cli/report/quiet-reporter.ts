import { errorLines } from './error-view.ts';
import type { Reporter, TextSink } from './reporter.ts';

/** Nothing but errors. */
export function createQuietReporter(sink: TextSink): Reporter {
  return {
    event: () => undefined,
    error: (view) => sink.write(`${errorLines(view).join('\n')}\n`),
    close: () => undefined,
  };
}
