import { CaissonError } from '../../core/errors.ts';
import { usage } from './usage.ts';

/** Bytes. A handler is a few functions; what is larger holds data. */
export const MAX_HANDLER_BYTES = 1_000_000;

/** Before the file is opened: its name says what it is meant to be. Throws USAGE. */
export function parseHandlerPath(path: string): string {
  if (path.endsWith('.py')) return path;
  throw usage(
    `the handler '${path}' is not a .py file`,
    '--handler takes a Python file with pre(inputs), post(predictions) or both',
  );
}

/** The source of a handler, which is its bytes: nothing is normalised. Throws USAGE naming the file. */
export function parseHandler(bytes: Uint8Array, path: string): string {
  if (bytes.length > MAX_HANDLER_BYTES)
    throw usage(
      `the handler '${path}' is larger than 1 MB`,
      'keep code in the handler, and data in the model or its requirements',
    );
  const text = decode(bytes, path);
  if (!text.includes('\0')) return text;
  throw usage(
    `the handler '${path}' holds a NUL character`,
    'name the Python source, not a compiled or binary file',
  );
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    // a byte order mark is a part of the file, and Python knows it
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new CaissonError('USAGE', `the handler '${path}' is not UTF-8`, {
      hint: 'save the file in UTF-8',
      cause: error,
    });
  }
}
