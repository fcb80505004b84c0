import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { dockerfileView } from '../../../src/image/dockerfile-view.ts';
import { createRenderer } from '../../../src/image/template-engine.ts';
import type { Render } from '../../../src/image/template-parts.ts';
import { BLOCKS } from '../../../src/image/template-vocabulary.ts';
import { planImage, type ImagePlan } from '../../../src/plan/image-plan.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { calmPlan, CALM_WORD } from '../../support/calm-plans.ts';
import { hostileModel, hostileRequest, hostileText } from '../../support/hostile-text.ts';
import { withoutKeptUv } from '../../support/kept-uv.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';
import { readDockerfile, type ReadDockerfile, type ReadInstruction } from '../../support/read-dockerfile.ts';
import { runs } from '../../support/runs.ts';
import type { ShellWord } from '../../support/shell-words.ts';

const { templates } = await loadTemplateSet();
const blocks = Object.keys(BLOCKS).map(
  (name) => [`blocks/${name}`, `VOLUME /${name}\n{{> @partial-block}}\n`] as const,
);
const end = ['blocks/end', '{{#each labels}}\nLABEL {{this}}\n{{/each}}\n'] as const;
const RENDERERS: Readonly<Record<string, Render>> = {
  own: createRenderer(
    { ...templates, ...Object.fromEntries([...blocks, end]) },
    { folder: 'own', files: {} },
  ),
  plain: createRenderer(templates),
};
const renderer = fc.constantFrom('plain', 'own');

function dockerfileOf(plan: ImagePlan, kind: string): string {
  const template = plan.builder === 'buildkit' ? 'Dockerfile.buildkit' : 'Dockerfile.classic';
  return withoutKeptUv(RENDERERS[kind]!(template, dockerfileView(plan)));
}

const calmFiles = new Map<string, ReadDockerfile>();
/** Words of RUN that a value went into: a shell reads them once more at the end. */
const written = new Map<string, string>();

/** The Dockerfile is that of a plan of harmless words, but that each word is the plan's text again. */
function checkDockerfile(plan: ImagePlan, kind: string): void {
  const calm = calmPlan(plan);
  const key = `${kind} ${JSON.stringify(calm.plan)}`;
  const expected = calmFiles.get(key) ?? readDockerfile(dockerfileOf(calm.plan, kind));
  calmFiles.set(key, expected);
  const text = dockerfileOf(plan, kind);
  const found = readDockerfile(text);
  const said = (word: string): string => word.replace(CALM_WORD, (name) => calm.words.get(name) ?? name);
  expect(found.directives).toBe(0);
  expect(found.instructions.map(comparable)).toEqual(
    expected.instructions.map((item) => spoken(comparable(item), said)),
  );
  for (const line of text.split('\n')) expect(Buffer.byteLength(line)).toBeLessThan(65_535);
  for (const word of found.instructions.flatMap((item) => ('words' in item ? item.words : [])))
    if (/['\\]/.test(word.raw)) written.set(word.raw, word.value);
}

type Comparable = readonly [keyword: string, ...texts: readonly string[]];

function comparable(item: ReadInstruction): Comparable {
  if ('words' in item) return ['RUN', ...item.words.map(({ value }: ShellWord) => value)];
  if ('pairs' in item) return [item.keyword, ...item.pairs.flat()];
  return [item.keyword, item.text];
}

const spoken = ([keyword, ...texts]: Comparable, said: (word: string) => string): Comparable => [
  keyword,
  ...texts.map(said),
];

/**
 * dockerfile-ast takes `<<` behind white space or a backslash for a heredoc, between quotes too. A builder does not (moby's lexer leaves the
 * quotes on a word before it looks for one), and the plan lets neither character into these values.
 */
const shellText = hostileText.map((text) => text.replace(/[\\\s]+<</g, '<<'));

const several = <T>(text: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
  fc.array(text, { minLength: length, maxLength: length });

/**
 * Of what the plan lets through to a place that is quoted, anything; of the rest, what it does let through. There are few shapes, because
 * each needs a plan to compare with.
 */
const hostilePlan = fc.constantFrom(0, 1, 3).chain((length) =>
  fc.record({
    builder: fc.constantFrom('buildkit' as const, 'classic' as const),
    baseImage: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,9}$/),
    systemPackages: several(shellText, length),
    buildPackages: several(shellText, length),
    buildArgNames: several(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), length),
    requiredModelPaths: several(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._+@/-]{0,9}$/), length),
    indexUrl: shellText,
    extraIndexUrls: several(shellText, length),
    insecureHosts: several(shellText, length),
    prereleases: fc.constant(length === 0 ? ('when-named' as const) : ('allow' as const)),
    indexStrategy: fc.constant(length === 0 ? ('first-index' as const) : ('best-match' as const)),
    constraints: several(fc.constant('a'), length),
    certificateAuthority: fc.constantFrom('none' as const, 'in-context' as const),
    modelSource: fc.constantFrom('baked' as const, 'load-at-start' as const),
    handlerSha256: fc.constantFrom(undefined, '0'.repeat(64)),
    env: several(fc.tuple(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/), hostileText), length),
    labels: several(fc.tuple(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._/-]{0,8}$/), hostileText), length),
  }),
);

const calm = planImage(resolvedModel(), imageRequest());

describe('the Dockerfile', () => {
  it('of any texts has the instructions of harmless ones, and reads back as the texts', () => {
    fc.assert(
      fc.property(hostilePlan, renderer, ({ handlerSha256, ...more }, kind) => {
        checkDockerfile(
          { ...calm, ...more, ...(handlerSha256 === undefined ? {} : { handlerSha256 }) },
          kind,
        );
      }),
      { numRuns: runs(2400) },
    );
  }, 120_000);

  it('of a hostile model and request is such a one, or there is none', () => {
    let made = 0;
    fc.assert(
      fc.property(hostileModel, hostileRequest, renderer, (changes, request, kind) => {
        const plan = planned(() => planImage(resolvedModel(changes()), imageRequest(request)));
        if (plan === undefined) return;
        made += 1;
        checkDockerfile(plan, kind);
      }),
      { numRuns: runs(1200) },
    );
    // most texts hold something that is refused; enough must not
    expect(made).toBeGreaterThan(runs(1200) / 6);
  }, 120_000);

  it('begins with a comment that no builder takes for a directive', () => {
    for (const builder of ['buildkit', 'classic'] as const) {
      const text = dockerfileOf(planImage(resolvedModel(), imageRequest({ builder })), 'plain');
      expect(readDockerfile(text).directives).toBe(0);
      expect(text.split('\n', 1)[0]).toMatch(/^# [^=]+$/);
    }
  });

  it('names each interpreter by its path: python3 is another one for each command of uv', () => {
    for (const builder of ['buildkit', 'classic'] as const) {
      const text = dockerfileOf(planImage(resolvedModel(), imageRequest({ builder })), 'plain');
      const named = [...text.matchAll(/--python (\S+(?: -v python3\)")?)/g)].map(([, path]) => path);
      expect(new Set(named)).toEqual(new Set(['"$(command -v python3)"', '/opt/venv/bin/python']));
      expect(text).not.toMatch(/python3 \/mnt\/installer/);
    }
  });

  it('compiles the server with nothing that a package can have written', () => {
    const text = dockerfileOf(planImage(resolvedModel(), imageRequest({ builder: 'buildkit' })), 'plain');
    const stage = /^FROM base AS runtime\n[^]*?\n\n/m.exec(text)?.[0];
    expect(stage).toContain('/mnt/installer/bytecode.py /opt/caisson/runtime\n');
    expect(stage).not.toMatch(/cache/i);
  });

  afterAll(() => {
    const raw = [...written.keys()];
    expect(raw.length).toBeGreaterThan(runs(2000));
    const script = raw.map((word) => `printf '%s\\0' ${word}\n`).join('');
    const read = execFileSync('sh', ['-s'], { input: script, encoding: 'utf8', maxBuffer: 1e8 });
    expect(read.split('\0').slice(0, -1)).toEqual([...written.values()]);
  });
});

/** Undefined when the user or the model is told that it cannot be; INTERNAL would say that nobody thought of it. */
function planned(plan: () => ImagePlan): ImagePlan | undefined {
  try {
    return plan();
  } catch (error) {
    if (!isCaissonError(error)) throw error;
    expect(['USAGE', 'MODEL_BROKEN']).toContain(error.code);
    return undefined;
  }
}
