import type { CaissonEvent, Emit } from '../../src/core/events.ts';

/** An emitter that keeps what was said. */
export function recordEvents(): { readonly emit: Emit; readonly events: readonly CaissonEvent[] } {
  const events: CaissonEvent[] = [];
  return { emit: (event) => events.push(event), events };
}
