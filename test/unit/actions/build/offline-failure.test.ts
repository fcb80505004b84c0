import { describe, expect, it } from 'vitest';
import { offlineFailure } from '../../../../src/actions/build/offline-failure.ts';
import { CaissonError } from '../../../../src/core/errors.ts';

const failed = (log: string): CaissonError =>
  new CaissonError('BUILD_FAILED', 'build step failed', { detail: `RUN x\n\n${log}` });
const offline = { wheelhouse: { files: [], use: 'only' } } as const;

describe('an offline build that fails', () => {
  it.each([
    ['Because numpy was not found in the provided package locations and you require numpy, we', 'numpy'],
    ['Because there is no version of idna==3.9 and you require idna==3.9, we', 'idna==3.9'],
    ['Because there are no versions of six and you require six, we', 'six'],
    ['Because only the following versions of h11 are available:\n  h11==1', 'h11'],
    [
      "Because orjson{sys_platform == 'linux'}==3.13.0 has no wheels with a matching Python implementation tag",
      'orjson==3.13.0',
    ],
    ['ERROR: No matching distribution found for uv==0.13.9', 'uv==0.13.9'],
  ])('names what the folder lacks: %s', (log, what) => {
    const told = offlineFailure(failed(log), offline) as CaissonError;
    expect(told).toMatchObject({ code: 'WHEELS_MISSING', detail: log });
    expect(told.message).toContain(`lacks ${what}, for`);
  });

  it('stays what it is for every other reason, and so does every other build', () => {
    const lacking = failed('ERROR: No matching distribution found for x');
    for (const wheelhouse of [undefined, { files: [], use: 'also' } as const])
      expect(offlineFailure(lacking, wheelhouse === undefined ? {} : { wheelhouse })).toBe(lacking);
    for (const error of [
      failed('gcc: not found'),
      new CaissonError('ENGINE_FAILED', 'no'),
      new TypeError('no'),
    ])
      expect(offlineFailure(error, offline)).toBe(error);
  });
});
