import { MAX_HANDLER_BYTES, parseHandler, parseHandlerPath } from './grammar/handler.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

/** The source of --handler; undefined without the option. Throws USAGE, FILE_NOT_READABLE. */
export async function readHandler(
  options: OptionReader,
  { readSmallFile }: Pick<Services, 'readSmallFile'>,
): Promise<string | undefined> {
  const given = options.value('handler');
  if (given === undefined) return undefined;
  const path = parseHandlerPath(given);
  return parseHandler(await readSmallFile(path, MAX_HANDLER_BYTES), path);
}
