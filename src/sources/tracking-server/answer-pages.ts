import { listOf, textOf } from './json-fields.ts';
import type { ApiQuery, JsonObject, ServerApi } from './server-api.ts';

export interface AnswerPage {
  readonly items: readonly JsonObject[];
  readonly rest: 'more' | 'none';
}

/** The pages of a list, each asked for when it is wanted; none of what the server does not have. Throws what ServerApi.ask throws. */
export async function* answerPages(
  api: ServerApi,
  query: ApiQuery,
  /** The key of the list in the answer. */
  list: string,
): AsyncGenerator<AnswerPage, void, undefined> {
  let token: string | undefined;
  do {
    const paged = { ...query.query, ...(token === undefined ? {} : { page_token: token }) };
    const answer = await api.ask({ ...query, query: paged });
    if (answer.kind === 'missing') return;
    token = textOf(answer.value, 'next_page_token');
    yield { items: listOf(answer.value, list), rest: token === undefined ? 'none' : 'more' };
  } while (token !== undefined);
}

/** The first pages of a list, where the rest does not matter. Throws as answerPages does. */
export async function firstPages(
  api: ServerApi,
  query: ApiQuery,
  { list, atMost }: { readonly list: string; readonly atMost: number },
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let pages = 0;
  for await (const page of answerPages(api, query, list)) {
    items.push(...page.items);
    pages += 1;
    if (pages === atMost) break;
  }
  return items;
}
