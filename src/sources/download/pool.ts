interface Pool<T> {
  readonly items: Iterable<T>;
  /** How many are worked on at once. */
  readonly parallel: number;
  /** Aborted with the first failure, so that the others end. */
  readonly stop: AbortController;
}

/** Works on items, several at a time, in their order. Rejects with the first failure, when all work has ended. */
export async function runPool<T>(
  { items, parallel, stop }: Pool<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
      if (stop.signal.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failure !== undefined) throw failure.error as Error;
}
