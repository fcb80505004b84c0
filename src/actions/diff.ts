import { compareFacts, type Comparison } from '../provenance/compare.ts';
import type { Facts } from '../provenance/facts.ts';
import { readFacts, type FactsPorts, type FactsTarget } from './facts.ts';
import type { Work } from './ports.ts';

export interface DiffResult extends Comparison {
  readonly a: Facts;
  readonly b: Facts;
}

/** How two images or models differ, as far as both tell it. Throws what reading them throws. */
export async function diff(
  { a, b }: { readonly a: FactsTarget; readonly b: FactsTarget },
  ports: FactsPorts,
  work: Work,
): Promise<DiffResult> {
  const left = await readFacts(a, ports, work);
  const right = await readFacts(b, ports, work);
  return { a: left, b: right, ...compareFacts(left, right) };
}
