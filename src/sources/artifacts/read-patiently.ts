import { abortReason } from '../../core/errors.ts';
import { readOutcome, type Trouble } from './artifact-errors.ts';
import type { ArtifactBody, ReadOutcome } from './port.ts';
import { Patience } from './stream-body.ts';

export interface PatientRead {
  /** For errors: `the file 'a' of the bucket 's3://b'`. */
  readonly subject: string;
  readonly signal: AbortSignal;
  /** Asks an SDK for the file; the patience goes on with the body. */
  readonly open: (patience: Patience) => Promise<ArtifactBody>;
  /** Reads an error of the SDK. */
  readonly explain: (error: unknown) => Trouble;
}

/** Opens a file through an SDK, which waits as long as it likes by itself. Throws what `readOutcome` throws, and the reason of the signal. */
export async function readPatiently({ subject, signal, open, explain }: PatientRead): Promise<ReadOutcome> {
  const patience = new Patience(signal);
  try {
    return { kind: 'body', body: await open(patience) };
  } catch (error) {
    const { expired, reason } = patience.deadline;
    patience.stop();
    if (signal.aborted) throw abortReason(signal);
    return readOutcome(subject, expired ? { kind: 'temporary', reason } : explain(error), error);
  }
}
