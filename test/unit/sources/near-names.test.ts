import { expect, it } from 'vitest';
import { nearest } from '../../../src/sources/near-names.ts';

it('finds what a typing error may have meant, nearest first', () => {
  const names = ['iris', 'Iris2', 'wine', 'irises', 'churn-model'];
  expect(nearest('irsi', ['wine', 'churn'])).toEqual([]);
  expect(nearest('IRIS', names)).toEqual(['iris', 'Iris2']);
  expect(nearest('churn_modle', names)).toEqual(['churn-model']);
});
