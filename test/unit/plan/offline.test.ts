import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeLock } from '../../../src/model/lock.ts';
import { planImage } from '../../../src/plan/image-plan.ts';
import { resolutionDigest } from '../../../src/plan/resolution.ts';
import { codeOf, thrownBy } from '../../support/errors.ts';
import { imageRequest, resolvedModel, type RequestChanges } from '../../support/planned-images.ts';

const WHEELHOUSE = { files: ['six-1.16.0-py2.py3-none-any.whl'], use: 'only' } as const;

const planned = (
  request: RequestChanges,
  requirements = 'six\n',
  more: Readonly<Record<string, string>> = {},
) =>
  planImage(
    resolvedModel({ files: { 'requirements.txt': requirements, ...more } }),
    imageRequest({ wheelhouse: WHEELHOUSE, ...request }),
  );

describe('a plan without a network', () => {
  it('is that of any build, with its wheels', () => {
    expect(planned({})).toMatchObject({ wheelhouse: WHEELHOUSE, systemPackages: [], warnings: [] });
  });

  it.each<[string, RequestChanges, string]>([
    ['an index', { indexUrl: 'https://index.example/simple' }, "'https://index.example/simple'"],
    ['one more index', { extraIndexUrls: ['https://more.example/simple'] }, "'https://more.example/simple'"],
    [
      'a page with links',
      { pipOptions: { trustedHosts: [], findLinks: ['https://links.example/'], index: 'used' } },
      "'https://links.example/'",
    ],
    ['a day', { asOf: '2026-01-01T00:00:00Z' }, '--as-of without a lock'],
    ["PyTorch's index", { environment: { torch: 'cpu' } }, '--torch cpu without a lock'],
    ['packages of the system', { environment: { systemPackages: ['libgomp1'] } }, 'libgomp1'],
    ['those, on a base of its own', { baseImage: 'x', environment: { systemPackages: ['curl'] } }, 'curl'],
  ])('is refused for %s', (_, request, message) => {
    const error = thrownBy(() => planned(request));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(message);
    expect(codeOf(() => planned({ ...request, wheelhouse: { ...WHEELHOUSE, use: 'also' } }))).toBeUndefined();
  });

  it.each([
    'own @ git+https://git.example/own.git',
    'https://files.example/own-1-py3-none-any.whl',
    '--find-links https://links.example/',
  ])('is refused for a requirement of the model that is elsewhere: %s', (line) => {
    const error = thrownBy(() => planned({}, `${line}\n`));
    expect(error.code).toBe('USAGE');
    expect(error.message).toContain(line);
  });

  it('is refused for an environment of conda', () => {
    const conda = { 'conda.yaml': 'dependencies: [python=3.11, mkl]\n' };
    const error = thrownBy(() => planned({ environment: { manager: 'conda' } }, 'six\n', conda));
    expect(error.message).toContain('--env-manager conda');
  });

  it('is refused for what a flavor needs of the system, unless a base image may have it', () => {
    expect(thrownBy(() => planned({}, 'lightgbm\n')).message).toContain('libgomp1');
    const { systemPackages, warnings } = planned({ baseImage: 'own-base' }, 'lightgbm\n');
    expect(systemPackages).toEqual([]);
    expect(warnings).toEqual([
      'the model needs packages of the system, which the base image must have: libgomp1',
    ]);
  });

  it('passes over indexes of the requirements, and says so', () => {
    const { warnings } = planned({}, '--extra-index-url https://more.example/simple\nsix\n');
    expect(warnings.join('\n')).toContain("'--extra-index-url https://more.example/simple'");
  });

  it('takes a lock that was made with a day and a build of torch', () => {
    const asked = { asOf: '2026-01-01T00:00:00Z', environment: { torch: 'cpu' } };
    const online = planned({ ...asked, wheelhouse: { ...WHEELHOUSE, use: 'also' } });
    const lock = makeLock('six==1.16.0\n', {
      resolves: resolutionDigest(online),
      python: '3.11',
      platforms: [],
    });
    expect(planned({ ...asked, lock }).lock).toEqual(lock);
  });

  it('is refused for names that no wheel has', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/^[\w.+!-]*$/.test(text));
    fc.assert(
      fc.property(name, (text) => {
        const wheelhouse = { files: [`${text}.whl`], use: 'also' } as const;
        expect(codeOf(() => planned({ wheelhouse }))).toBe('USAGE');
      }),
    );
    for (const file of ['.whl', '-a.whl', '.hidden-1.whl', 'a/b.whl', 'a.txt', 'a.whl\n'])
      expect(
        codeOf(() => planned({ wheelhouse: { files: [file], use: 'also' } })),
        file,
      ).toBe('USAGE');
  });
});
