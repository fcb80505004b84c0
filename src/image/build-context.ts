/** The files that the engine gets and that `generate` writes: sorted by path, so that equal plans give equal bytes. */
export interface BuildContext {
  readonly entries: readonly ContextEntry[];
}

export interface ContextEntry {
  /** Relative, forward slashes, no `..`. */
  readonly path: string;
  readonly content: ContextContent;
}

/** Text made here, or a file that is streamed from this machine when it is needed. */
type ContextContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly source: string; readonly size: number };
