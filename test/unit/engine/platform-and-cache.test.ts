import { describe, expect, it } from 'vitest';
import { platformAndCacheQuery } from '../../../src/engine/platform-and-cache.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';

const buildArgsOf = (more: Partial<BuildRequest>): unknown =>
  platformAndCacheQuery({
    ...{ builder: 'buildkit', context: { entries: [] }, tags: [], labels: {}, cache: 'use', credentials: {} },
    buildArgs: { A: '1' },
    ...more,
  })['buildargs'];

describe('the build arguments', () => {
  it('tell BuildKit of SOURCE_DATE_EPOCH, unless the user does', () => {
    expect(buildArgsOf({ sourceDateEpoch: 0 })).toEqual({ A: '1', SOURCE_DATE_EPOCH: '0' });
    const own = { SOURCE_DATE_EPOCH: '7' };
    expect(buildArgsOf({ sourceDateEpoch: 5, buildArgs: own })).toEqual(own);
    expect(buildArgsOf({})).toEqual({ A: '1' });
  });

  it("are nothing but the user's for the classic builder", () => {
    expect(buildArgsOf({ builder: 'classic', sourceDateEpoch: 5, cacheTo: 'inline' })).toEqual({ A: '1' });
  });
});
