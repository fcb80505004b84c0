import type { Progress, Step } from '../../src/core/events.ts';

/** A step that remembers what its work said. */
export class RecordingStep implements Step {
  readonly lines: string[] = [];
  readonly progresses: Progress[] = [];
  readonly notes: string[] = [];

  log(line: string): void {
    this.lines.push(line);
  }

  progress(progress: Progress): void {
    this.progresses.push(progress);
  }

  note(text: string): void {
    this.notes.push(text);
  }
}
