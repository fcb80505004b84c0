import { StringDecoder } from 'node:string_decoder';
import { CaissonError } from '../core/errors.ts';

/** Characters. Far above any line an engine writes, far below what would hurt: BuildKit's traces are a few kilobytes. */
const MAX_LINE = 16 * 1024 * 1024;
const MAX_QUOTE = 200;

/**
 * The JSON values of a newline-delimited stream, one by one and nothing kept. Chunks may cut a line or a UTF-8
 * character anywhere, the last line may lack its newline, `\r\n` is fine. Throws ENGINE_FAILED for a line that is
 * not JSON or has no end.
 */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield* parseLine(line);
    if (rest.length > MAX_LINE)
      throw new CaissonError('ENGINE_FAILED', 'the engine sent a line without an end');
  }
  yield* parseLine(rest + decoder.end());
}

/** One value, or none for a blank line. */
function* parseLine(line: string): Generator {
  const text = line.trim();
  if (text === '') return;
  yield parseJson(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const quote = text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
    throw new CaissonError('ENGINE_FAILED', `the engine sent a line that is not JSON: '${quote}'`, { cause });
  }
}
