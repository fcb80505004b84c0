import { isCaissonError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';

/** What is shown of an error: texts only, so that redaction reaches all of it. */
export interface ErrorView {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hint?: string;
  readonly detail?: string;
  /** Stack and causes, for --verbose. */
  readonly trace?: string;
}

export type Depth = 'short' | 'verbose';

/** Anything that was thrown: what is not a CaissonError is a bug in caisson. */
export function viewError(error: unknown, depth: Depth): ErrorView {
  const trace = depth === 'verbose' ? traceOf(error) : undefined;
  if (isCaissonError(error)) {
    const { code, exitCode, message, hint, detail } = error;
    return withoutUndefined({ code, exitCode, message, hint, detail, trace });
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'this is a bug in caisson: run again with --verbose and report what it prints';
  return withoutUndefined({ code: 'INTERNAL', exitCode: 1, message, hint, trace });
}

/** The lines of an error for people. A command that was stopped did what it was told: it is not called an error. */
export function errorLines({ code, message, hint, detail, trace }: ErrorView): readonly string[] {
  if (code === 'INTERRUPTED' || code === 'TERMINATED') return [message, ...indented(trace, '    ')];
  return [
    `error: ${message}`,
    ...indented(detail, '    '),
    ...indented(hint, '  hint: '),
    ...indented(trace, '    '),
  ];
}

/** The prefix stands on the first line only; later lines keep its depth. */
function indented(text: string | undefined, prefix: string): readonly string[] {
  if (text === undefined || text === '') return [];
  return text.split('\n').map((line, index) => (index === 0 ? prefix : ' '.repeat(prefix.length)) + line);
}

function traceOf(error: unknown): string {
  const parts: string[] = [];
  for (let current = error, depth = 0; current !== undefined && depth < 10; depth += 1) {
    parts.push(`${depth === 0 ? '' : 'caused by: '}${stackOf(current)}`);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join('\n');
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
