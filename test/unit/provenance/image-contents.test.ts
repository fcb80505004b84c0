import { describe, expect, it } from 'vitest';
import { imageContents } from '../../../src/provenance/image-contents.ts';
import { imageFacts } from '../../support/image-facts.ts';

const NOTHING = {
  lock: undefined,
  serverRequirements: undefined,
  virtualEnvironment: undefined,
  dpkgStatus: undefined,
  osRelease: undefined,
};

describe('what is in an image', () => {
  it('is what its files tell, for its own Python and machine', () => {
    const { pythonVersion, packages, serverPackages, distribution, systemPackages } = imageFacts().contents;
    expect(pythonVersion).toBe('3.11.2');
    expect(packages?.map(({ name }) => name)).toEqual([
      'mlflow',
      'own',
      'packaging',
      'scikit-learn',
      undefined,
      'tool',
      'torch',
    ]);
    expect(serverPackages.map(({ name, pin }) => [name, pin])).toEqual([
      ['h11', { kind: 'version', version: '0.16.0' }],
      ['packaging', { kind: 'version', version: '26.3' }],
      ['uvloop', { kind: 'version', version: '0.23.0' }],
    ]);
    expect(distribution).toEqual({ id: 'debian', versionId: '12' });
    expect(systemPackages?.map(({ name }) => name)).toEqual(['adduser', 'libstdc++6']);
  });

  it('leaves out what no file tells', () => {
    expect(imageContents(NOTHING)).toEqual({ serverPackages: [] });
  });

  it('names packages whose marker cannot be judged, rather than miss one', () => {
    const lock = "a==1 ; python_version < '3.9'\nb==1 ; sys_platform == 'win32'\n";
    expect(imageContents({ ...NOTHING, lock }).packages?.map(({ name }) => name)).toEqual(['a']);
  });

  it('takes no login along', () => {
    const lock = 'own @ https://ann:secret@files.test/own.whl\n';
    expect(JSON.stringify(imageContents({ ...NOTHING, lock }))).not.toContain('secret');
  });

  it('reads the version that venv writes, too', () => {
    const virtualEnvironment = 'home = /usr/bin\nversion = 3.9.18\n';
    expect(imageContents({ ...NOTHING, virtualEnvironment }).pythonVersion).toBe('3.9.18');
  });
});
