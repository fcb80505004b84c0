import { parseJson } from '../compact-json.ts';

/** What the server in the image says about its start: one line on stderr (templates/runtime). */
export type StartReport =
  | {
      readonly kind: 'ready';
      readonly port: number;
      readonly loadSeconds?: number;
      readonly modelFolder?: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

const READY = 'caisson ready ';
const FAILED = 'caisson failed: ';

/** undefined for every other line, and for a ready line without a port. */
export function parseStartReport(line: string): StartReport | undefined {
  if (line.startsWith(FAILED)) return { kind: 'failed', reason: line.slice(FAILED.length) };
  if (!line.startsWith(READY)) return undefined;
  const report = parseJson(line.slice(READY.length)) as Readonly<Record<string, unknown>> | null | undefined;
  const port = report?.['port'];
  const seconds = report?.['load_seconds'];
  const folder = report?.['model_folder'];
  if (typeof port !== 'number') return undefined;
  return {
    kind: 'ready',
    port,
    ...(typeof seconds === 'number' ? { loadSeconds: seconds } : {}),
    ...(typeof folder === 'string' ? { modelFolder: folder } : {}),
  };
}
