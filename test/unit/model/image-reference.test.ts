import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import {
  formatImageReference,
  parseImageReference,
  withDefaultTag,
  type ImageReference,
} from '../../../src/model/image-reference.ts';

const SHA = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  const good: readonly [text: string, reference: ImageReference, familiar: string][] = [
    ['iris', { registry: 'docker.io', repository: 'library/iris' }, 'iris'],
    ['iris:1', { registry: 'docker.io', repository: 'library/iris', tag: '1' }, 'iris:1'],
    ['team/iris', { registry: 'docker.io', repository: 'team/iris' }, 'team/iris'],
    ['docker.io/iris', { registry: 'docker.io', repository: 'library/iris' }, 'iris'],
    ['index.docker.io/team/iris', { registry: 'docker.io', repository: 'team/iris' }, 'team/iris'],
    ['docker.io/library/iris:1', { registry: 'docker.io', repository: 'library/iris', tag: '1' }, 'iris:1'],
    [
      'localhost/iris:v1.0_x-y',
      { registry: 'localhost', repository: 'iris', tag: 'v1.0_x-y' },
      'localhost/iris:v1.0_x-y',
    ],
    ['localhost:5000/iris', { registry: 'localhost:5000', repository: 'iris' }, 'localhost:5000/iris'],
    ['[fd00::1]:5000/a/b', { registry: '[fd00::1]:5000', repository: 'a/b' }, '[fd00::1]:5000/a/b'],
    ['REGISTRY.io/iris', { registry: 'REGISTRY.io', repository: 'iris' }, 'REGISTRY.io/iris'],
    ['ghcr.io/a__b/c--d.e', { registry: 'ghcr.io', repository: 'a__b/c--d.e' }, 'ghcr.io/a__b/c--d.e'],
    [`iris@${SHA}`, { registry: 'docker.io', repository: 'library/iris', digest: SHA }, `iris@${SHA}`],
    [
      `r.io/iris:1@${SHA}`,
      { registry: 'r.io', repository: 'iris', tag: '1', digest: SHA },
      `r.io/iris:1@${SHA}`,
    ],
    [
      `iris:${'t'.repeat(128)}`,
      { registry: 'docker.io', repository: 'library/iris', tag: 't'.repeat(128) },
      `iris:${'t'.repeat(128)}`,
    ],
  ];

  it.each(good)('reads %s', (text, reference, familiar) => {
    expect(parseImageReference(text)).toEqual(reference);
    expect(formatImageReference(reference)).toBe(familiar);
  });

  const bad: readonly [text: string, reason: string][] = [
    ['', 'breaks the grammar'],
    [':1', 'breaks the grammar'],
    ['Ada/iris', 'the name must be lower case'],
    ['iris:', "tag '' is malformed"],
    ['iris:-1', "tag '-1' is malformed"],
    [`iris:${'t'.repeat(129)}`, 'is malformed'],
    ['iris:a:b', 'breaks the grammar'],
    ['iris:1 2', 'is malformed'],
    ['ir is', 'breaks the grammar'],
    ['-iris', 'breaks the grammar'],
    ['iris-', 'breaks the grammar'],
    ['a//b', 'breaks the grammar'],
    ['a/b/', 'breaks the grammar'],
    ['a...b', 'breaks the grammar'],
    ['a___b', 'breaks the grammar'],
    ['-bad.io/iris', "'-bad.io' is not a registry host"],
    ['r.io:port/iris', "'r.io:port' is not a registry host"],
    ['Iris', 'must be lower case'],
    ['ghcr.io/Team/iris', 'must be lower case'],
    ['https://ghcr.io/team/iris', 'it is a URL'],
    ['a'.repeat(64), 'it is an image id'],
    ['iris@sha256:abc', 'is malformed'],
    [`iris@sha256:${'A'.repeat(64)}`, 'is malformed'],
    [`iris@md5:${'a'.repeat(32)}`, 'is malformed'],
    [`r.io/${'a'.repeat(251)}`, 'more than 255'],
  ];

  it.each(bad)('refuses %j', (text, reason) => {
    const error = failure(() => parseImageReference(text));
    expect(error.code).toBe('IMAGE_REFERENCE_INVALID');
    expect(error.message).toContain(`'${text}'`);
    expect(error.message).toContain(reason);
  });

  it('suggests the lower-case spelling', () => {
    expect(failure(() => parseImageReference('ghcr.io/Team/Iris:V1')).hint).toBe(
      "write it as 'ghcr.io/team/iris:V1'",
    );
  });

  it('takes a name of exactly 255 characters', () => {
    expect(parseImageReference(`r.io/${'a'.repeat(250)}`).repository).toHaveLength(250);
  });
});

describe('formatImageReference', () => {
  it('keeps docker.io where the short form would name another image', () => {
    for (const repository of ['foo.bar/app', 'localhost/app', `library/${'a'.repeat(64)}`]) {
      const text = formatImageReference({ registry: 'docker.io', repository });
      expect(text).toBe(`docker.io/${repository}`);
      expect(parseImageReference(text)).toEqual({ registry: 'docker.io', repository });
    }
  });

  it('is read back as the same reference', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(parseImageReference(formatImageReference(reference))).toEqual(reference);
      }),
    );
  });

  it('never lets anything but a CaissonError out of the parser', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        try {
          parseImageReference(text);
        } catch (error) {
          expect(isCaissonError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('withDefaultTag', () => {
  it('adds latest only where there is neither tag nor digest', () => {
    expect(withDefaultTag(parseImageReference('iris')).tag).toBe('latest');
    expect(withDefaultTag(parseImageReference('iris:1')).tag).toBe('1');
    expect(withDefaultTag(parseImageReference(`iris@${SHA}`)).tag).toBeUndefined();
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,5}((\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/);
const host = fc.oneof(
  fc.constantFrom('docker.io', 'localhost', 'localhost:5000', '[::1]:5000', 'Upper.io'),
  fc.stringMatching(/^[a-z0-9]{1,6}\.[a-z]{2,5}(:[0-9]{1,5})?$/),
);
const references: fc.Arbitrary<ImageReference> = fc
  .record({
    registry: host,
    components: fc.array(component, { minLength: 1, maxLength: 3 }),
    tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), { nil: undefined }),
    digest: fc.option(
      fc.stringMatching(/^[a-f0-9]{64}$/).map((hex) => `sha256:${hex}`),
      { nil: undefined },
    ),
  })
  .map(({ registry, components, tag, digest }) => ({
    registry,
    repository: (registry === 'docker.io' && components.length === 1
      ? ['library', ...components]
      : components
    ).join('/'),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }));

function failure(run: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    run();
  } catch (error) {
    if (isCaissonError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
