import { describe, expect, it } from 'vitest';
import { UV_VERSION } from '../../../src/image/dockerfile-view.ts';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { TORCH_BUILDS, TORCH_BUILDS_OF_UV } from '../../../src/plan/torch-builds.ts';
import { planTorch } from '../../../src/plan/torch.ts';
import { codeOf } from '../../support/errors.ts';

const planned = (text: string, asked?: string) => planTorch(parseRequirements(text), asked);
const NOTHING = { notes: [], warnings: [] };

describe('planTorch', () => {
  it.each(['cpu', 'cu118', 'cu126', 'cu92', 'rocm6.3', 'rocm6.2.4', 'xpu'])('takes the build %s', (name) => {
    expect(planned('torch', name)).toEqual({ backend: name, ...NOTHING });
  });

  it.each(['CPU', 'cuda', 'cu1', 'auto', 'cpu --index x', '', 'rocm', 'cu999', 'cu127', 'rocm9.9'])(
    'refuses %j',
    (name) => {
      expect(codeOf(() => planned('torch', name))).toBe('USAGE');
    },
  );

  it('names the builds that there are', () => {
    expect(() => planned('torch', 'cu999')).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/^it is default or one of cpu, .*cu126, .*rocm6\.3, .*xpu$/) as string,
      }),
    );
  });

  it('knows those of the uv that an image is built with', () => {
    // after a step to another uv: ask it, as torch-builds.ts tells
    expect(TORCH_BUILDS_OF_UV).toBe(UV_VERSION);
    expect(new Set(TORCH_BUILDS).size).toBe(TORCH_BUILDS.length);
  });

  it.each(['torch==2.3.1', 'torchvision', 'Sentence_Transformers==3'])(
    'tells of the size for %s, once',
    (line) => {
      expect(planned(line).notes).toEqual([expect.stringMatching(/3 to 4 GB.*--torch cpu.*200 MB/)]);
      expect(planned(line, 'default')).toEqual(NOTHING);
    },
  );

  it.each([
    'scikit-learn',
    'torch @ https://example.org/torch.whl',
    '--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.3.1',
    '--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.3.1+cpu',
    'torch==2.3.1+own',
  ])('says nothing of %j', (text) => {
    expect(planned(text)).toEqual(
      text.includes('+own') ? { ...NOTHING, notes: [expect.any(String)] } : NOTHING,
    );
  });

  it('knows that a local version is on no other index', () => {
    expect(planned('torch==2.3.1+cu121').warnings).toEqual([
      "the requirement 'torch==2.3.1+cu121' is on PyTorch's own index: add --torch cu121",
    ]);
  });
});
