import type { CaissonError } from '../core/errors.ts';
import type { EngineMessage } from './engine-messages.ts';

/** Follows the stream of one build: tells the step what happens and knows what an error line is about. */
export interface BuildNarrator {
  take(message: EngineMessage): void;
  /** The error for an `error` line, from all that was seen before it. */
  failure(message: string): CaissonError;
  /** Id of the image (`sha256:…`, or the short form of an old builder) once the builder told it. */
  readonly imageId: string | undefined;
}
