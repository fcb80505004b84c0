import { readFields } from './protobuf.ts';

/** What BuildKit tells in one trace message (moby/buildkit api/services/control/control.proto, StatusResponse). */
export interface BuildkitStatus {
  readonly vertexes: readonly Vertex[];
  readonly logs: readonly VertexLog[];
}

/** A step of the build. It is sent again whenever it changes. */
export interface Vertex {
  readonly digest: string;
  /** Such as `[build 2/5] RUN make`, or `[internal] load metadata for …`. */
  readonly name: string;
  readonly isCached: boolean;
  readonly isStarted: boolean;
  readonly isCompleted: boolean;
  /** Empty while nothing is wrong. */
  readonly error: string;
}

export interface VertexLog {
  readonly vertexDigest: string;
  /** Output in pieces: lines and characters may be cut. */
  readonly bytes: Uint8Array;
}

/** Field numbers of control.proto. */
const STATUS = { vertexes: 1, logs: 3 } as const;
const VERTEX = { digest: 1, name: 3, cached: 4, started: 5, completed: 6, error: 7 } as const;
const LOG = { vertex: 1, message: 4 } as const;

/** Decodes the base64 text of a `moby.buildkit.trace` message. Throws ENGINE_FAILED. */
export function decodeBuildkitStatus(base64: string): BuildkitStatus {
  const vertexes: Vertex[] = [];
  const logs: VertexLog[] = [];
  for (const field of readFields(Buffer.from(base64, 'base64'))) {
    if (field.kind !== 'bytes') continue;
    if (field.number === STATUS.vertexes) vertexes.push(decodeVertex(field.bytes));
    if (field.number === STATUS.logs) logs.push(decodeLog(field.bytes));
  }
  return { vertexes, logs };
}

function decodeVertex(message: Uint8Array): Vertex {
  const texts = new Map<number, string>();
  let isCached = false;
  for (const field of readFields(message)) {
    if (field.kind === 'bytes') texts.set(field.number, field.bytes.toString('utf8'));
    else if (field.number === VERTEX.cached) isCached = field.value !== 0n;
  }
  return {
    digest: texts.get(VERTEX.digest) ?? '',
    name: texts.get(VERTEX.name) ?? '',
    isCached,
    // Time stamps are messages: that they are there is all that is asked.
    isStarted: texts.has(VERTEX.started),
    isCompleted: texts.has(VERTEX.completed),
    error: texts.get(VERTEX.error) ?? '',
  };
}

function decodeLog(message: Uint8Array): VertexLog {
  let vertexDigest = '';
  let bytes: Uint8Array = new Uint8Array();
  for (const field of readFields(message)) {
    if (field.kind !== 'bytes') continue;
    if (field.number === LOG.vertex) vertexDigest = field.bytes.toString('utf8');
    if (field.number === LOG.message) bytes = field.bytes;
  }
  return { vertexDigest, bytes };
}
