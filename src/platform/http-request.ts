export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Requests are repeated after temporary failures, so doing one twice must be as good as once. */
  readonly json?: unknown;
  /** Sent as it is; the headers say what it is. */
  readonly text?: string;
}
