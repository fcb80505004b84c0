import { describe, expect, it } from 'vitest';
import { parseCacheFrom, parseCacheTo } from '../../../../src/commands/grammar/build-cache.ts';
import { parseOnePlatform, parsePlatforms } from '../../../../src/commands/grammar/platforms.ts';
import { formatImageReference } from '../../../../src/model/image-reference.ts';
import { formatPlatform } from '../../../../src/model/platform.ts';
import { codeOf } from '../../../support/errors.ts';
import { failureOf } from '../../../support/failure.ts';

describe('--platform', () => {
  it.each([
    [[], []],
    [['linux/arm64'], ['linux/arm64']],
    [['linux/amd64,linux/arm64'], ['linux/amd64', 'linux/arm64']],
    [
      ['linux/arm64', 'amd64, aarch64'],
      ['linux/arm64', 'linux/amd64'],
    ],
  ])('%j', (texts, names) => {
    expect(parsePlatforms(texts).map(formatPlatform)).toEqual(names);
  });

  it.each(['linux/amd64,', ',', 'windows/amd64', 'linux/amd64;linux/arm64'])('refuses %j', (text) => {
    expect(codeOf(() => parsePlatforms([text]))).toBe('USAGE');
  });

  it('of a container is one', () => {
    expect(parseOnePlatform(undefined)).toBeUndefined();
    expect(parseOnePlatform('arm64')).toEqual({ os: 'linux', architecture: 'arm64' });
    expect(codeOf(() => parseOnePlatform('amd64,arm64'))).toBe('USAGE');
  });
});

describe('--cache-from', () => {
  it.each([
    ['registry.test/iris', 'registry.test/iris'],
    ['type=registry,ref=registry.test/iris:1', 'registry.test/iris:1'],
  ])('%s', (text, reference) => {
    expect(formatImageReference(parseCacheFrom(text))).toBe(reference);
  });

  it.each([
    'type=local,src=/x',
    'type=gha',
    'type=registry',
    'ref=iris',
    'type=registry,ref=iris,x=y',
    'a=b',
  ])('refuses %s', async (text) => {
    const error = await failureOf(() => parseCacheFrom(text));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(`'${text}'`);
  });

  it('refuses what is no reference', () => {
    expect(codeOf(() => parseCacheFrom('No Reference'))).toBe('IMAGE_REFERENCE_INVALID');
  });
});

describe('--cache-to', () => {
  it('is inline, or nothing', async () => {
    expect([undefined, 'type=inline', 'inline'].map(parseCacheTo)).toEqual(['none', 'inline', 'inline']);
    const error = await failureOf(() => parseCacheTo('type=registry,ref=x,mode=max'));
    expect(error.code).toBe('USAGE');
    expect(error.hint).toContain('type=inline');
  });
});
