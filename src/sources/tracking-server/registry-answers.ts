import type { RegisteredModelRecord } from '../tracking-store.ts';
import { listOf, numberOf, textOf } from './json-fields.ts';
import type { JsonObject } from './server-api.ts';

/** The aliases of a registered model, as MLflow and Unity Catalog write them. */
export function aliasesOf(model: JsonObject): RegisteredModelRecord['aliases'] {
  return listOf(model, 'aliases').flatMap((item) => {
    const alias = textOf(item, 'alias');
    const version = numberOf(item, 'version');
    return alias === undefined || version === undefined ? [] : [{ alias, version }];
  });
}

/** Ascending. */
export const versionsOf = (items: readonly JsonObject[]): readonly number[] =>
  items.flatMap((item) => numberOf(item, 'version') ?? []).sort((a, b) => a - b);

export const namesOf = (items: readonly JsonObject[]): readonly string[] =>
  items.flatMap((item) => textOf(item, 'name') ?? []);
