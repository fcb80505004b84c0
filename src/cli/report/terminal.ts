import { clearLine, cursorTo, moveCursor } from 'node:readline';

/** Where the story goes: a terminal, a pipe or a file. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What the spinner needs to move about. */
export interface TerminalStream extends OutputStream {
  readonly columns: number;
  cursorTo(x: number): boolean;
  moveCursor(dx: number, dy: number): boolean;
  clearLine(direction: -1 | 0 | 1): boolean;
}

const USUAL_COLUMNS = 80;

/**
 * A stream that the spinner can write to, made of any: `--progress tty` was asked for, so a recorder or a pager gets the sequences too.
 * A pseudo-terminal without a size says that it has 0 columns, on which the spinner would count infinitely many lines and never come back.
 */
export function asTerminal(stream: OutputStream): TerminalStream {
  const wrapper = Object.create(stream) as OutputStream;
  return Object.defineProperties(wrapper, {
    columns: { get: () => columnsOf(stream) },
    write: { writable: true, value: (text: string) => stream.write(text) },
    cursorTo: { value: (x: number) => cursorTo(stream, x) },
    moveCursor: { value: (dx: number, dy: number) => moveCursor(stream, dx, dy) },
    clearLine: { value: (direction: -1 | 0 | 1) => clearLine(stream, direction) },
  }) as TerminalStream;
}

function columnsOf({ columns }: OutputStream): number {
  return columns === undefined || columns === 0 ? USUAL_COLUMNS : columns;
}
