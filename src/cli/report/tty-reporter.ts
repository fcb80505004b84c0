import ora, { type Ora } from 'ora';
import type { CaissonEvent, Progress } from '../../core/events.ts';
import { errorLines, type ErrorView } from './error-view.ts';
import { formatDuration, formatProgress } from './format.ts';
import { messageLines } from './plain-reporter.ts';
import type { Reporter } from './reporter.ts';
import { asTerminal, type OutputStream, type TerminalStream } from './terminal.ts';

/** Lines of a failing step that are shown when the error itself brings none. */
const TAIL_LINES = 20;
/** Milliseconds between two looks at the clock. */
const TICK = 100;

interface ShownStep {
  readonly title: string;
  readonly started: number;
  readonly tail: string[];
  progress?: Progress;
}

/** One line for every step, with its time and how far it is; under it the newest line of its log, while it runs. */
export function createTtyReporter(stream: OutputStream): Reporter {
  const view = new TerminalView(asTerminal(stream));
  return {
    event: (event, time) => view.show(event, time.getTime()),
    error: (error) => view.fail(error),
    close: () => view.close(),
  };
}

class TerminalView {
  readonly #stream: TerminalStream;
  readonly #spinner: Ora;
  /** In the order of their start; the newest is the one on the screen. */
  readonly #steps = new Map<string, ShownStep>();
  #failedTail: readonly string[] = [];
  #clock: NodeJS.Timeout | undefined;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
    // stdin stays the user's: it may be the input of a command
    this.#spinner = ora({ stream, discardStdin: false, isEnabled: true });
  }

  show(event: CaissonEvent, now: number): void {
    switch (event.type) {
      case 'step.start':
        this.#steps.set(event.step, { title: event.title, started: now, tail: [] });
        this.#spin(now);
        return;
      case 'step.progress':
        this.#update(event.step, (step) => (step.progress = event), now);
        return;
      case 'step.log':
        this.#update(event.step, (step) => keepTail(step.tail, event.line), now);
        return;
      case 'step.end':
        this.#end(event, now);
        return;
      case 'note':
      case 'warning':
      case 'container.log':
        this.#print(messageLines(event));
    }
  }

  fail(error: ErrorView): void {
    this.close();
    const detail = error.detail ?? this.#failedTail.join('\n');
    const shown = error.exitCode >= 128 ? error : { ...error, detail };
    this.#print(errorLines(shown));
  }

  close(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#spinner.stop();
  }

  #update(id: string, change: (step: ShownStep) => void, now: number): void {
    const step = this.#steps.get(id);
    if (step === undefined) return;
    change(step);
    this.#render(now);
  }

  #end({ step: id, outcome, note }: CaissonEvent & { readonly type: 'step.end' }, now: number): void {
    const step = this.#steps.get(id);
    if (step === undefined) return;
    this.#steps.delete(id);
    if (outcome === 'failed') this.#failedTail = step.tail;
    const text = [step.title, formatDuration(now - step.started), ...(note === undefined ? [] : [note])].join(
      '  ',
    );
    if (outcome === 'failed') this.#spinner.fail(text);
    else this.#spinner.succeed(text);
    clearInterval(this.#clock);
    if (this.#steps.size > 0) this.#spin(now);
  }

  #spin(now: number): void {
    clearInterval(this.#clock);
    const offset = Date.now() - now;
    this.#clock = setInterval(() => this.#render(Date.now() - offset), TICK);
    this.#clock.unref();
    this.#render(now);
    this.#spinner.start();
  }

  #render(now: number): void {
    const step = [...this.#steps.values()].at(-1);
    if (step === undefined) return;
    const progress = step.progress === undefined ? [] : [formatProgress(step.progress, now - step.started)];
    const head = [step.title, formatDuration(now - step.started), ...progress].join('  ');
    const last = step.tail.at(-1);
    this.#spinner.text = last === undefined ? head : `${head}\n    ${this.#cut(last)}`;
  }

  /** Lines of their own above the spinner, which steps aside for every write to its stream. */
  #print(lines: readonly string[]): void {
    this.#stream.write(`${lines.join('\n')}\n`);
  }

  /** To the width of the terminal, without control characters: a wrapped line would leave rubbish behind. */
  #cut(line: string): string {
    const width = this.#stream.columns - 6;
    const clean = line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f\u007f]/g, ' ');
    return clean.length <= width ? clean : `${clean.slice(0, Math.max(width - 1, 0))}…`;
  }
}

function keepTail(tail: string[], line: string): void {
  if (line.trim() === '') return;
  tail.push(line);
  if (tail.length > TAIL_LINES) tail.shift();
}
