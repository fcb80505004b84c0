import { isCaissonError } from '../../core/errors.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import { HttpFileReader } from './http-file.ts';
import type { ByteRange, ReadOutcome, RemoteFile } from './port.ts';

/** Reads a file of a store; what ArtifactStore calls `read`. */
export type ReadFile = (file: RemoteFile, range: ByteRange, signal: AbortSignal) => Promise<ReadOutcome>;

/** Reads files of a tracking server by the URLs of one of its routes, with the login. */
export function serverReader(api: ServerApi, urlOf: (file: RemoteFile) => URL): ReadFile {
  const reader = new HttpFileReader((request, signal) => api.open(request, signal));
  return (file, range, signal) =>
    patient(() => reader.read({ file, range, shown: api.shown, request: { url: urlOf(file) } }, signal));
}

/** A server that listed its files a moment ago and does not answer now may be starting anew: that is worth another attempt. */
export async function patient(read: () => Promise<ReadOutcome>): Promise<ReadOutcome> {
  try {
    return await read();
  } catch (error) {
    if (isCaissonError(error) && error.code === 'STORE_UNREACHABLE')
      return { kind: 'temporary', reason: error.message };
    throw error;
  }
}
