/** How work tells the world about itself. Reporters in cli/report decide what is seen; see docs/reference/events.md. */
export type CaissonEvent =
  | { readonly type: 'step.start'; readonly step: string; readonly title: string }
  | {
      readonly type: 'step.progress';
      readonly step: string;
      readonly done: number;
      /** Absent while the whole is not known. */
      readonly total?: number;
      readonly unit: 'bytes' | 'items';
      readonly note?: string;
    }
  | { readonly type: 'step.log'; readonly step: string; readonly line: string }
  | {
      readonly type: 'step.end';
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly note?: string;
    }
  /** Something the user should know although nothing is wrong: shown on every reporter but quiet. */
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'warning'; readonly message: string; readonly hint?: string }
  /** A line that the served container wrote. */
  | { readonly type: 'container.log'; readonly stream: 'stdout' | 'stderr'; readonly line: string };

type StepOutcome = 'done' | 'cached' | 'failed';

export type Emit = (event: CaissonEvent) => void;

/** What a step's work may say about itself. */
export interface Step {
  log(line: string): void;
  progress(progress: Progress): void;
  /** The word that stands behind the finished step, such as a size or `cached`. */
  note(text: string): void;
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'items';
  readonly note?: string;
}

/** Runs one titled step: its end is emitted whatever happens, and a failure passes through. */
export async function runStep<T>(
  emit: Emit,
  { step, title }: { readonly step: string; readonly title: string },
  work: (step: Step) => Promise<T>,
): Promise<T> {
  let note: string | undefined;
  emit({ type: 'step.start', step, title });
  const end = (outcome: StepOutcome): void =>
    emit({ type: 'step.end', step, outcome, ...(note === undefined ? {} : { note }) });
  try {
    const result = await work({
      log: (line) => emit({ type: 'step.log', step, line }),
      progress: (progress) => emit({ type: 'step.progress', step, ...progress }),
      note: (text) => {
        note = text;
      },
    });
    end('done');
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}
