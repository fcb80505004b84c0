import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPlatform,
  isFor,
  isSameMachine,
  normalPlatform,
  parsePlatform,
} from '../../../src/model/platform.ts';
import { failureOf } from '../../support/failure.ts';

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/AMD64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm', 'linux/arm'],
    ['linux/arm/v7', 'linux/arm'],
    ['armel', 'linux/arm/v6'],
    ['linux/s390x', 'linux/s390x'],
  ])('%s is %s', (text, name) => {
    expect(formatPlatform(parsePlatform(text))).toBe(name);
  });

  it.each([
    ['windows/amd64', "is for 'windows'"],
    ['darwin/arm64', "is for 'darwin'"],
    ['linux', 'is not a platform'],
    ['', 'is not a platform'],
    ['linux/', 'is not a platform'],
    ['linux/arm64/v8/x', 'is not a platform'],
    ['linux/amd 64', 'is not a platform'],
    ['linux/vax', "unknown architecture 'vax'"],
    ['linux/amd64/new', "unknown variant 'new'"],
  ])('%s is refused', async (text, reason) => {
    const error = await failureOf(() => parsePlatform(text));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(reason);
    expect(error.message).toContain(`'${text}'`);
  });

  it('is read back as it was written, and normal once is normal for good', () => {
    const part = fc.constantFrom('amd64', 'arm64', 'arm', '386', 'x86_64', 'aarch64', 'armhf', 'riscv64');
    const variant = fc.option(fc.constantFrom('v1', 'v2', 'v6', 'v7', 'v8', 'v9', '8'), { nil: undefined });
    fc.assert(
      fc.property(part, variant, (architecture, given) => {
        const once = normalPlatform({
          os: 'linux',
          architecture,
          ...(given === undefined ? {} : { variant: given }),
        });
        expect(normalPlatform(once)).toEqual(once);
        expect(parsePlatform(formatPlatform(once))).toEqual(once);
      }),
    );
  });

  it.each([
    ['linux/amd64', 'linux/amd64', true],
    ['linux/amd64', 'linux/arm64', false],
    ['linux/amd64', 'linux/amd64/v3', false],
    ['linux/amd64/v3', 'linux/amd64', true],
    ['linux/arm/v7', 'linux/arm/v6', true],
    ['linux/arm/v6', 'linux/arm/v7', false],
    ['linux/s390x', 'linux/s390x', true],
  ])('%s may be an image for %s: %s', (wanted, held, answer) => {
    expect(isFor(parsePlatform(wanted), parsePlatform(held))).toBe(answer);
  });

  it('has the machine of all its variants', () => {
    const [own, newer, other] = ['amd64', 'linux/amd64/v3', 'arm64'].map(parsePlatform);
    expect([isSameMachine(own!, newer!), isSameMachine(own!, other!)]).toEqual([true, false]);
  });
});
