import { describe, expect, it } from 'vitest';
import { tellModel } from '../../../src/actions/tell-model.ts';
import type { ModelOrigin } from '../../../src/model/resolved-model.ts';
import { resolvedModel } from '../../support/planned-images.ts';
import { recordEvents } from '../../support/recorded-events.ts';

function told(origin: ModelOrigin): readonly string[] {
  const { emit, events } = recordEvents();
  tellModel(resolvedModel({ origin }), { emit });
  return events.flatMap((event) => ('message' in event ? [event.message] : []));
}

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('the name of a model', () => {
  it.each<[ModelOrigin, string]>([
    [
      { uri: 'models:/iris@champion', pinnedUri: 'models:/iris/3', runId: 'r1', modelId: 'm-1' },
      `'models:/iris@champion' is models:/iris/3, model m-1, run r1, ${DIGEST}`,
    ],
    [{ uri: 'runs:/r1/iris', runId: 'r1', modelId: 'm-1' }, `'runs:/r1/iris' is model m-1, ${DIGEST}`],
    [{ uri: 'models:/m-1', runId: 'r1', modelId: 'm-1' }, `'models:/m-1' is run r1, ${DIGEST}`],
  ])('is told with what it stood for: %o', (origin, message) => {
    expect(told(origin)).toEqual([message]);
  });

  it.each<ModelOrigin>([
    { uri: 'iris', runId: 'r1', modelId: 'm-1' },
    { uri: 's3://bucket/iris', runId: 'r1' },
    { uri: 'runs:/r1/iris', runId: 'r1' },
  ])('that says it all is not told: %o', (origin) => {
    expect(told(origin)).toEqual([]);
  });
});
