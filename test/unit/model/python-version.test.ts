import { describe, expect, it } from 'vitest';
import { readPythonVersion } from '../../../src/model/python-version.ts';

describe('readPythonVersion', () => {
  it.each([
    ['3.11.7', { minor: '3.11', exact: '3.11.7' }],
    [' 3.10 ', { minor: '3.10' }],
    ['=3.8.5=h1_0', { minor: '3.8', exact: '3.8.5' }],
    ['==3.7.*', { minor: '3.7' }],
    ['=3.9', { minor: '3.9' }],
  ])('reads %j', (text, expected) => {
    expect(readPythonVersion(text)).toEqual(expected);
  });

  it.each([undefined, '', '>=3.8', '3', 'three', '3.11x', '~=3.11'])('finds no version in %j', (text) => {
    expect(readPythonVersion(text)).toBeUndefined();
  });
});
