import type { Answer } from '../commands/services.ts';
import type { TextSink } from './report/reporter.ts';

export type OutputForm = 'text' | 'json';

/** stdout is the answer: its lines, or one JSON object on one line. */
export function printAnswer({ lines, json }: Answer, form: OutputForm, stdout: TextSink): void {
  if (form === 'json') stdout.write(`${JSON.stringify(json)}\n`);
  else if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
}
