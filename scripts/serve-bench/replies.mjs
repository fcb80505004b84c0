/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {Map<string, string>} headers lower-case names
 * @property {Buffer} body
 */

const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);

/**
 * The first reply of what a server sent, and what is behind it; undefined when more bytes must come.
 * @param {Buffer} bytes @param {{ ended: boolean }} connection a reply with neither length nor chunks lasts until the end
 * @returns {{ reply: Reply, rest: Buffer } | undefined}
 */
export function parseReply(bytes, { ended }) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? NaN);
  if (status === 100) return parseReply(bytes.subarray(end + 4), { ended });
  const headers = new Map(lines.map(splitHeader));
  const rest = bytes.subarray(end + 4);
  if (status === 204 || status === 304) return { reply: { status, headers, body: EMPTY }, rest };
  const length = headers.get('content-length');
  if (length !== undefined) {
    const size = Number(length);
    if (rest.length < size) return undefined;
    return { reply: { status, headers, body: rest.subarray(0, size) }, rest: rest.subarray(size) };
  }
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
    const chunks = parseChunks(rest);
    return chunks && { reply: { status, headers, body: chunks.body }, rest: chunks.rest };
  }
  return ended ? { reply: { status, headers, body: rest }, rest: EMPTY } : undefined;
}

/**
 * All whole replies at the beginning of what a server sent, and what is behind them.
 * @param {Buffer} bytes @param {{ ended: boolean }} connection @returns {{ replies: Reply[], rest: Buffer }}
 */
export function parseReplies(bytes, connection) {
  /** @type {Reply[]} */
  const replies = [];
  let rest = bytes;
  for (;;) {
    const parsed = parseReply(rest, connection);
    if (parsed === undefined) return { replies, rest };
    replies.push(parsed.reply);
    rest = parsed.rest;
  }
}

/** @param {string} line @returns {[string, string]} */
function splitHeader(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/** @param {Buffer} bytes @returns {{ body: Buffer, rest: Buffer } | undefined} */
function parseChunks(bytes) {
  /** @type {Buffer[]} */
  const parts = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), rest: bytes.subarray(start + 2) };
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
