import { describe, expect, it } from 'vitest';
import { checkWheels } from '../../../src/image/check-wheels.ts';
import { UV_VERSION } from '../../../src/image/dockerfile-view.ts';
import { makeLock } from '../../../src/model/lock.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { codeOf, thrownBy } from '../../support/errors.ts';

const UV = `uv-${UV_VERSION}-py3-none-manylinux2014_x86_64.whl`;
const SERVER = [
  'h11==0.16.0',
  'packaging==26.3; python_version >= "3.9"',
  'orjson==3.11.5; python_version == "3.9" and sys_platform == "linux"',
  'orjson==3.13.0; python_version >= "3.10" and sys_platform == "linux"',
  'packaging==26.2; python_version < "3.9"',
].join('\n');
const HELD = [UV, 'h11-0.16.0-py3-none-any.whl', 'packaging-26.3-py3-none-any.whl', 'orjson-3.13.0.tar.gz'];

interface Asked {
  readonly lock?: string;
  readonly requirements?: readonly string[];
}

/** The check of a folder with these files. */
const check =
  (files: readonly string[], { lock: text, requirements = [] }: Asked = {}) =>
  (): void => {
    const made = { resolves: `sha256:${'0'.repeat(64)}`, python: '3.11', platforms: [] };
    const lock = text === undefined ? {} : { lock: makeLock(text, made) };
    const wheelhouse = { files, use: 'only' } as const;
    const plan = { wheelhouse, requirements, declared: [], pythonMinor: '3.11', ...lock };
    checkWheels({ plan, templates: { runtime: { 'requirements.txt': SERVER } } });
  };

describe('the folder of an offline build', () => {
  it('holds uv and what the server needs on the Python of the image', () => {
    expect(codeOf(check(HELD))).toBeUndefined();
    const error = thrownBy(check([]));
    expect(error.code).toBe('WHEELS_MISSING');
    const all = [`uv==${UV_VERSION}`, 'h11==0.16.0', 'packaging==26.3', 'orjson==3.13.0'];
    expect(error.message).toBe(`the folder of --find-links lacks ${all.join(', ')}`);
    expect(error.hint).toContain(`pip download --dest DIR ${all.join(' ')}`);
  });

  it('holds exactly what a lock names', () => {
    const lock = 'six==1.16.0 \\\n    --hash=sha256:00\nFoo.Bar[x]==1.0\nown @ file:///mnt/model/own\n';
    const held = [...HELD, 'six-1.16-py3-none-any.whl', 'foo_bar-1.0-py3-none-any.whl'];
    expect(codeOf(check(held, { lock, requirements: ['nothing-else'] }))).toBeUndefined();
    const others = [...HELD, 'six-1.15.0-py3-none-any.whl', 'foo_bar-1.0-py3-none-any.whl'];
    expect(thrownBy(check(others, { lock })).message).toMatch(/lacks six==1\.16\.0$/);
  });

  it('holds every package that is resolved, in a version that the resolver looks for', () => {
    const requirements = ['--pre', 'six>=1', 'old<1 ; python_version < "3"', './wheels/own.whl'];
    expect(thrownBy(check(HELD, { requirements })).hint).toMatch(/ 'six>=1'$/);
    expect(codeOf(check([...HELD, 'six-1.tar.gz'], { requirements }))).toBeUndefined();
  });

  it('is told in full, but for a long list', () => {
    const requirements = Array.from({ length: 20 }, (_, index) => `package-${index}`);
    expect(thrownBy(check(HELD, { requirements })).message).toMatch(/package-11 and 8 more$/);
  });

  it('is asked for every package of the real server', async () => {
    const templates = await loadTemplateSet();
    const plan = {
      requirements: [],
      declared: [],
      pythonMinor: '3.8',
      wheelhouse: { files: [UV], use: 'only' },
    } as const;
    expect(
      thrownBy(() => {
        checkWheels({ plan, templates });
      }).message,
    ).toMatch(/lacks h11==\S+, packaging==26\.2, pyyaml==\S+, httptools==\S+, orjson==\S+, uvloop==\S+$/);
  });
});
