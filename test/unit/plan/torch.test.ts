import { describe, expect, it } from 'vitest';
import { parseRequirements } from '../../../src/model/requirement.ts';
import { planTorch } from '../../../src/plan/torch.ts';
import { codeOf } from '../../support/errors.ts';

const planned = (text: string, asked?: string) => planTorch(parseRequirements(text), asked);
const NOTHING = { notes: [], warnings: [] };

describe('planTorch', () => {
  it.each(['cpu', 'cu118', 'cu126', 'cu92', 'rocm6.3', 'rocm6.2.4', 'xpu'])('takes the build %s', (name) => {
    expect(planned('torch', name)).toEqual({ backend: name, ...NOTHING });
  });

  it.each(['CPU', 'cuda', 'cu1', 'auto', 'cpu --index x', '', 'rocm'])('refuses %j', (name) => {
    expect(codeOf(() => planned('torch', name))).toBe('USAGE');
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
