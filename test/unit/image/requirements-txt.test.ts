import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { createRenderer } from '../../../src/image/template-engine.ts';
import { linesView } from '../../../src/image/text-views.ts';
import { planImage, type ImagePlan } from '../../../src/plan/image-plan.ts';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { hostileRequirements } from '../../support/hostile-text.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';
import { runs } from '../../support/runs.ts';

const render = createRenderer((await loadTemplateSet()).templates);

/** What pip makes of a requirements file before it looks at single lines (req_file.py, preprocess), written down again. */
function pipLines(text: string): readonly string[] {
  const pythonLines = text.split(/\r\n|[\n\r\v\f\x1C-\x1E\x85\u2028\u2029]/);
  const joined: string[] = [];
  let pending = '';
  for (const line of pythonLines) {
    const isComment = /^\s*#/.test(line);
    pending += isComment ? ` ${line}` : line;
    if (line.endsWith('\\') && !isComment) {
      pending = pending.slice(0, -1);
      continue;
    }
    joined.push(pending);
    pending = '';
  }
  joined.push(pending);
  return joined.map((line) => line.replace(/(^|\s+)#.*$/, '').trim()).filter((line) => line !== '');
}

function planOf(requirements: string, constraints: string): ImagePlan | undefined {
  const files = {
    'requirements.txt': `-c constraints.txt\nmlflow\n${requirements}`,
    'constraints.txt': constraints,
    'wheels/x.whl': '',
  };
  try {
    return planImage(resolvedModel({ files }), imageRequest());
  } catch (error) {
    expect(isCaissonError(error) && error.code).toBe('MODEL_BROKEN');
    return undefined;
  }
}

describe('requirements.txt and constraints.txt', () => {
  it('of hostile requirements are read by pip as the lines of the plan, or there are none', () => {
    let made = 0;
    fc.assert(
      fc.property(hostileRequirements, hostileRequirements, (requirements, constraints) => {
        const plan = planOf(requirements, constraints);
        if (plan === undefined) return;
        made += 1;
        for (const lines of [plan.requirements, plan.constraints])
          expect(pipLines(render('requirements.txt', linesView(lines)))).toEqual(
            lines.map((line) => line.trim()),
          );
      }),
      { numRuns: runs(3000) },
    );
    expect(made).toBeGreaterThan(runs(300));
  }, 60_000);
});
