import { describe, expect, it } from 'vitest';
import { LayerProgress } from '../../../src/engine/layer-progress.ts';

describe('LayerProgress', () => {
  it('sums layers, finishes them and never has more done than there is', () => {
    const progress = new LayerProgress();
    const sums = [
      { id: 'a', status: 'Preparing' },
      { id: 'a', status: 'Pushing', current: 10, total: 100 },
      { id: 'b', status: 'Layer already exists' },
      { id: 'c', status: 'Pushing', current: 5, total: 50 },
      { id: 'c', status: 'Pushing', current: 60, total: 50 },
      { id: 'a', status: 'Pushed' },
      { id: 'a', status: 'Pushed' },
      { status: '1: digest: sha256:…' },
    ].map((message) => progress.take(message));
    const bytes = (done: number, total: number): unknown => ({ done, total, unit: 'bytes' });
    expect(sums).toEqual([
      undefined,
      bytes(10, 100),
      undefined,
      bytes(15, 150),
      bytes(70, 160),
      bytes(160, 160),
      undefined,
      undefined,
    ]);
  });

  it('does not count the extraction of a pulled layer again', () => {
    const progress = new LayerProgress();
    progress.take({ id: 'a', status: 'Downloading', current: 9, total: 10 });
    expect(progress.take({ id: 'a', status: 'Download complete' })?.done).toBe(10);
    expect(progress.take({ id: 'a', status: 'Extracting', current: 1, total: 10 })).toBeUndefined();
  });
});
