import { describe, expect, it } from 'vitest';
import { planImage } from '../../../src/plan/image-plan.ts';
import { modelFiles } from '../../support/model-files.ts';
import { imageRequest, resolvedModel } from '../../support/planned-images.ts';

const notesOf = (
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): readonly string[] => planImage(resolvedModel({ files }), imageRequest({ env })).notes;
const mlmodel = (more: string): Readonly<Record<string, string>> => ({
  MLmodel: `${modelFiles()['MLmodel'] ?? ''}${more}`,
});

describe('what a model brings beside its requirements', () => {
  it('is nothing to tell of, as a rule', () => {
    expect(notesOf({ 'code/helper.py': '', 'extra_files/words.txt': '' })).toEqual([]);
  });

  it('is a lock of uv, which is not what is installed from', () => {
    expect(notesOf({ 'uv.lock': 'version = 1\n' })).toEqual([
      expect.stringContaining('the versions are those of its requirements.txt'),
    ]);
  });

  it('is names of variables, of which the user hears a few', () => {
    expect(notesOf(mlmodel('env_vars: [OPENAI_API_KEY, HF_TOKEN]\n'))).toEqual([
      expect.stringContaining('it used OPENAI_API_KEY, HF_TOKEN: give the container'),
    ]);
    const many = Array.from({ length: 40 }, (_, index) => `V${index}`).join(', ');
    expect(notesOf(mlmodel(`env_vars: [${many}]\n`))[0]).toContain('V11, …: give');
  });

  it('is no name that the image has a value for', () => {
    const asked = mlmodel('env_vars: [OPENAI_API_KEY, HOME, HF_HOME]\n');
    expect(notesOf(asked, { HF_HOME: '/mnt/hf' })).toEqual([
      expect.stringContaining('it used OPENAI_API_KEY: give the container'),
    ]);
    expect(notesOf(asked, { HF_HOME: '/mnt/hf', OPENAI_API_KEY: '' })).toEqual([]);
  });
});
