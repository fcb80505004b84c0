import { ERROR_TABLE, type ErrorCode, type ErrorEntry } from './error-table.ts';

export type { ErrorCode } from './error-table.ts';

export interface ErrorDetails {
  /** What to do next; replaces the table's hint. */
  readonly hint?: string | undefined;
  /** Lines that show the evidence, such as the last lines of a log. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that a user meets. `message` is lower case, without a full stop, and quotes the wrong value;
 * the code decides the exit code.
 */
export class CaissonError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CaissonError';
    this.code = code;
    const tableEntry: ErrorEntry = ERROR_TABLE[code];
    this.hint = details.hint ?? tableEntry.hint;
    this.detail = details.detail;
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exitCode;
  }
}

export function isCaissonError(error: unknown): error is CaissonError {
  return error instanceof CaissonError;
}

/** The text of anything that was thrown, with the cause behind a generic message such as fetch's. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && error.cause.message !== '')
    return `${error.message}: ${error.cause.message}`;
  return error.message;
}

/** Throws the reason of an aborted signal, so that long work stops at its next step. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}

/** What an aborted signal stands for: the CaissonError that main put there, else an interruption. */
export function abortReason(signal: AbortSignal): CaissonError {
  const reason: unknown = signal.reason;
  return isCaissonError(reason) ? reason : new CaissonError('INTERRUPTED', 'interrupted', { cause: reason });
}
