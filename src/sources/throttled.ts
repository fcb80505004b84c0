const INTERVAL_MS = 100;

/** Passes on at most ten counts a second, and always the last one. */
export function throttled(report: (done: number) => void, total: number | undefined): (done: number) => void {
  let next = 0;
  return (done) => {
    const now = Date.now();
    if (now < next && done !== total) return;
    next = now + INTERVAL_MS;
    report(done);
  };
}
