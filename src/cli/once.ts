/** The result of the first call, for all calls; a failure is kept too, because nothing here fails for a moment only. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
