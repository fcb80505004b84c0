/**
 * A place where the files of a model lie: a bucket, a container, a folder of a server. One adapter a kind, each imported when a URI first
 * needs it. An adapter knows one kind of place and its words; parallel work, retries, resuming, checks and the cache are around it
 * (sources/download).
 */
export interface ArtifactStore {
  /** For errors and notes, without logins: `the bucket 's3://models'`. */
  readonly shown: string;
  /**
   * Every file below the place, in any order; none when there is nothing. The names come from outside: each must have gone through `safePath`.
   * Throws STORE_UNREACHABLE, STORE_DENIED, STORE_FAILED and the reason of the signal.
   */
  list(signal: AbortSignal): Promise<readonly RemoteFile[]>;
  /**
   * Opens a file, from a byte on. What is worth another attempt is an outcome; everything else is thrown, as `list` does.
   * The body must be read to its end or let go of.
   */
  read(file: RemoteFile, range: ByteRange, signal: AbortSignal): Promise<ReadOutcome>;
  /** Lets connections go. */
  close(): Promise<void>;
}

export interface RemoteFile {
  /** Relative to the place, with forward slashes, safe to be joined to a local folder. */
  readonly path: string;
  /** Bytes; absent when the store does not say. */
  readonly size?: number;
  /** Of the content, in the store's own words (an ETag, a generation): another content has another one. Absent when the store has none. */
  readonly version?: string;
  /** Of the whole content, as the store keeps it. */
  readonly checksum?: Checksum;
  /**
   * Whether `read` may begin in the middle. `to-resume`: to go on after a break, and not in parallel, since each read costs the store the
   * whole file; the body says where it begins.
   */
  readonly ranges: 'supported' | 'to-resume' | 'unsupported';
}

/** `value` is in hex. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'crc32c';
  readonly value: string;
}

/** Bytes from `start` on, `end` excluded; without `end`, to the end of the file. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export type ReadOutcome =
  | { readonly kind: 'body'; readonly body: ArtifactBody }
  /** Worth another attempt: a busy server, a reset. The adapter does not retry by itself; SDKs are told not to. */
  | { readonly kind: 'temporary'; readonly reason: string; readonly retryAfterMs?: number }
  /** The file is not what was listed any more. */
  | { readonly kind: 'changed'; readonly reason: string };

export interface ArtifactBody {
  /** 0 when the store sends the whole file although a later start was asked for; else absent. */
  readonly start?: 0;
  /** Bytes of this answer as its head says, where it says so: what comes is compared with it. */
  readonly length?: number;
  /** Of the whole content, whatever range was asked for, where only the answer says it and not the listing. */
  readonly checksum?: Checksum;
  /** Ends after a `broken` piece. Throws only the reason of an aborted signal. */
  pieces(): AsyncGenerator<ArtifactPiece, void, undefined>;
  discard(): Promise<void>;
}

export type ArtifactPiece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'broken'; readonly reason: string };
