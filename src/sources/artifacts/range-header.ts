import type { ByteRange } from './port.ts';

/** The value of HTTP's Range header; undefined for a whole file: an empty one has no first byte that could be asked for. */
export const rangeHeader = ({ start, end }: ByteRange): string | undefined =>
  start === 0 && end === undefined ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
