import { DockerfileParser, type PropertyInstruction } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderContext } from '../../../src/image/render-context.ts';
import { planImage, type ImagePlan } from '../../../src/plan/image-plan.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

/** The one value that is meant to be expanded. */
const OWN_PATH = '"/opt/venv/bin:$PATH"';

const templates = await loadTemplateSet();
const model = resolvedModel();

const hostileRequest = fc.record({
  builder: fc.constantFrom('buildkit' as const, 'classic' as const),
  labels: fc.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9._/-]{0,8}$/), hostileText, { maxKeys: 25 }),
  env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Za-z0-9_.-]{0,8}$/), hostileText, { maxKeys: 25 }),
  buildArgNames: fc.array(fc.stringMatching(/^[A-Z_]{1,8}$/), { maxLength: 3 }),
  certificateAuthority: fc.constantFrom('none' as const, 'in-context' as const),
  modelSource: fc.constantFrom('baked' as const, 'load-at-start' as const),
});

function dockerfileOf(plan: ImagePlan): string {
  const certificateAuthority =
    plan.certificateAuthority === 'in-context' ? { certificateAuthority: 'PEM' } : {};
  const { entries } = renderContext({ plan, model, templates, ...certificateAuthority });
  const content = entries.find(({ path }) => path === 'Dockerfile')?.content;
  return content?.kind === 'text' ? content.text : '';
}

/** Undoes quoting by the rules of moby's word reader, written down again independently of the code under test. */
function unquote(raw: string): string {
  expect(raw).toMatch(/^"(?:[^"\\$]|\\["\\$])*"$/u);
  return raw.slice(1, -1).replace(/\\([\\"$])/g, '$1');
}

const pairsOf = (instruction: PropertyInstruction): readonly (readonly [string, string])[] =>
  instruction.getProperties().flatMap((property) => {
    const raw = property.getUnescapedValue() ?? '';
    return raw === OWN_PATH ? [] : [[property.getName(), unquote(raw)] as const];
  });

describe('the Dockerfile of a hostile request', () => {
  it('says what was asked and nothing else', () => {
    const calm = { buildkit: kinds('buildkit'), classic: kinds('classic') };
    fc.assert(
      fc.property(hostileRequest, (request) => {
        const plan = planImage(model, imageRequest(request));
        const text = dockerfileOf(plan);
        const dockerfile = DockerfileParser.parse(text);
        const instructions = dockerfile.getInstructions();
        const byKind = (keyword: string): readonly PropertyInstruction[] =>
          instructions.filter(
            (item): item is PropertyInstruction => item.getKeyword() === keyword && 'getProperties' in item,
          );
        const env = byKind('ENV').flatMap(pairsOf);
        expect(env).toEqual(plan.env);
        expect(byKind('LABEL').flatMap(pairsOf)).toEqual(plan.labels);
        const declared = dockerfile.getARGs().map((item) => item.getProperty()?.getName());
        expect([...new Set(declared)]).toEqual(plan.buildArgNames);
        const others = instructions
          .map((item) => item.getKeyword())
          .filter((word) => !VARIABLE.includes(word));
        const expected = calm[plan.builder].filter((word) => !VARIABLE.includes(word));
        expect(others.filter((word) => word !== 'COPY')).toEqual(expected.filter((word) => word !== 'COPY'));
        for (const line of text.split('\n')) expect(Buffer.byteLength(line)).toBeLessThan(65_535);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('begins with a comment that no builder takes for a directive', () => {
    for (const builder of ['buildkit', 'classic'] as const) {
      const text = dockerfileOf(planImage(model, imageRequest({ builder })));
      expect(DockerfileParser.parse(text).getDirectives()).toEqual([]);
      expect(text.split('\n', 1)[0]).toMatch(/^# [^=]+$/);
    }
  });
});

const VARIABLE = ['ENV', 'LABEL', 'ARG'];

function kinds(builder: 'buildkit' | 'classic'): readonly string[] {
  const text = dockerfileOf(planImage(model, imageRequest({ builder })));
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((item) => item.getKeyword());
}
