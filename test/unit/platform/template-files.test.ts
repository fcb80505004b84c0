import { describe, expect, it } from 'vitest';
import { loadTemplateSet } from '../../../src/platform/template-files.ts';
import { rejection } from '../../support/errors.ts';
import { temporaryFolders, writeTree } from '../../support/test-folders.ts';

const newFolder = temporaryFolders();

describe('loadTemplateSet', () => {
  it('reads the templates of the package', async () => {
    const { templates, runtime, installer } = await loadTemplateSet();
    expect(Object.keys(templates)).toEqual(
      expect.arrayContaining(['Dockerfile.buildkit', 'partials/serve-settings']),
    );
    expect(Object.keys(runtime)).toContain('requirements.txt');
    expect(Object.keys(installer)).toEqual(['bytecode.py', 'prune.py']);
  });

  it('leaves out what is for developers', async () => {
    const folder = newFolder();
    writeTree(folder, {
      'a.hbs': 'A',
      'partials/b.hbs': 'B',
      'README.md': '',
      'runtime/serve.py': 'S',
      'installer/ruff.toml': '',
      'installer/prune.py': 'P',
      'runtime/p/x.hbs': 'not a template',
      'runtime/p/__pycache__/serve.cpython-311.pyc': '',
      'runtime/p/y.pyc': '',
      'runtime/.mypy_cache/x': '',
      'runtime/caisson_server.egg-info/PKG-INFO': '',
      'runtime/pyproject.toml': '',
    });
    expect(await loadTemplateSet(folder)).toEqual({
      templates: { a: 'A', 'partials/b': 'B' },
      installer: { 'prune.py': 'P' },
      runtime: { 'p/x.hbs': 'not a template', 'serve.py': 'S' },
    });
  });

  it('says when the package is not whole', async () => {
    const error = await rejection(loadTemplateSet(newFolder()));
    expect(error).toMatchObject({ code: 'INTERNAL', hint: 'install caisson again' });
  });
});
