import { describe, expect, it } from 'vitest';
import { newBytes } from '../../../scripts/image-bench/pushed.mjs';

const blob = (digest: string, size: number) => ({ digest, size });

describe('the bytes that a push adds', () => {
  it('are those of blobs that the registry did not have', () => {
    const before = [blob('sha256:config1', 7), blob('sha256:packages', 1000), blob('sha256:model1', 20)];
    const after = [blob('sha256:config2', 8), blob('sha256:packages', 1000), blob('sha256:model2', 30)];
    expect(newBytes(before, after)).toBe(38);
    expect(newBytes(before, before)).toBe(0);
  });
});
