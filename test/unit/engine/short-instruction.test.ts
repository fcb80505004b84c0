import { describe, expect, it } from 'vitest';
import { shortInstruction } from '../../../src/engine/short-instruction.ts';

describe('shortInstruction', () => {
  it('leaves out what is mounted and folds white space', () => {
    expect(
      shortInstruction(
        '[2/5] RUN --mount=type=tmpfs,target=/mnt     --mount=type=cache,id=x  set -eu;  make',
      ),
    ).toBe('[2/5] RUN set -eu; make');
  });

  it('cuts what is long', () => {
    expect(shortInstruction(`RUN ${'x'.repeat(500)}`)).toBe(`RUN ${'x'.repeat(116)}…`);
  });
});
