/** What the user asked of the self-test. */
export interface SelfTestRequest {
  /** As `docker run --network`. */
  readonly networkMode: string;
  /** Variables of the container besides the image's own; values may be secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  /** For the start, and for each answer. */
  readonly timeoutMs: number;
  /** The user's requests as JSON texts without line breaks, checked; their numbers keep their spelling. */
  readonly requests: readonly string[];
}

/** `tested` is `before` when the same image passed the same test in an earlier run. */
export type SelfTestResult =
  | ({ readonly outcome: 'passed'; readonly tested: 'now' | 'before' } & Measured)
  | { readonly outcome: 'not-runnable'; readonly reason: string };

/** Kept with the image's id, and never in the image. */
export interface Measured {
  /** From the start of the server until it was ready. */
  readonly loadSeconds?: number;
  /** Of all processes, after the requests. */
  readonly memoryBytes?: number;
  readonly requests: readonly AnsweredRequest[];
}

/** Where a request comes from: the user, the model's input example, or its signature. A guess may be refused. */
export type RequestSource = 'yours' | 'saved_example' | 'signature' | 'guess';

export interface AnsweredRequest {
  readonly source: RequestSource;
  readonly path: string;
  /** Absent when the server did not answer. */
  readonly status?: number;
  readonly milliseconds: number;
}
