import { comparable, PARTS, type Part } from './comparable.ts';
import type { Facts } from './facts.ts';
import type { Items } from './items.ts';

/** One thing that is not the same; a side that does not have it is absent. */
export interface Difference {
  readonly part: Part;
  /** Such as the name of a package or of a column; absent for a part that is one value. */
  readonly item?: string;
  readonly a?: string;
  readonly b?: string;
}

export interface Comparison {
  /** By part in the order of PARTS, then by item. */
  readonly differences: readonly Difference[];
  /** Parts that only one of the two tells. */
  readonly notCompared: readonly Part[];
}

/** What differs between two images or models, as far as both tell it. */
export function compareFacts(a: Facts, b: Facts): Comparison {
  const [left, right] = [comparable(a), comparable(b)];
  const differences: Difference[] = [];
  const notCompared: Part[] = [];
  for (const part of PARTS) {
    const [before, after] = [left[part], right[part]];
    if (before !== undefined && after !== undefined) differences.push(...differencesOf(part, before, after));
    else if (before !== undefined || after !== undefined) notCompared.push(part);
  }
  return { differences, notCompared };
}

function differencesOf(part: Part, before: Items, after: Items): readonly Difference[] {
  const items = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return items.flatMap((item) => {
    const [a, b] = [valueOf(before, item), valueOf(after, item)];
    if (a === b) return [];
    return [
      {
        part,
        ...(item === '' ? {} : { item }),
        ...(a === undefined ? {} : { a }),
        ...(b === undefined ? {} : { b }),
      },
    ];
  });
}

/** Items are named by users and models: `constructor` may be one. */
const valueOf = (items: Items, item: string): string | undefined =>
  Object.hasOwn(items, item) ? items[item] : undefined;
