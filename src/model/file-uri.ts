import { type UriParts, rejectDotDot, uriInvalid } from './uri-parts.ts';

/** The path of a `file:` URI: file:/x, file:///x, file://localhost/x and the relative file:x, percent-decoded. */
export function parseFileUri(text: string, uri: UriParts): string {
  if (uri.authority !== '' && uri.authority.toLowerCase() !== 'localhost')
    throw uriInvalid(
      text,
      `it names the host '${uri.authority}'`,
      'write file:///path for a folder of this machine',
    );
  if (uri.path === '') throw uriInvalid(text, 'the path is missing');
  rejectDotDot(text, uri.path);
  const path = decode(text, uri.path);
  if (path.includes('\0')) throw uriInvalid(text, 'it holds control characters');
  return path;
}

function decode(text: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw uriInvalid(text, 'its percent-encoding is not UTF-8');
  }
}
