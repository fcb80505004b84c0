import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../src/actions/build-image.ts';
import type { SbomRequest } from '../../../src/actions/sbom.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { recordedWork, testPorts, type TestPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import { tellingFiles } from '../../support/image-facts.ts';
import { BASE_IMAGE, buildRequest, IMAGE_REQUEST } from '../../support/requests.ts';

/** Where a build that resolves leaves its answer. */
const RESOLVED = { '/lock/requirements.lock': 'six==1.16.0\n' };

function scene(): TestPorts {
  const ports = testPorts();
  ports.engine.addImage(BASE_IMAGE);
  ports.engine.addRegistry('registry.test');
  ports.engine.filesOfBuiltImages = { ...ports.engine.filesOfBuiltImages, ...tellingFiles() };
  return ports;
}

interface Written {
  readonly sbom: SbomRequest;
  readonly texts: string[];
}

function sbomInMemory(check: () => Promise<void> = () => Promise.resolve()): Written {
  const texts: string[] = [];
  const write = (text: string): Promise<void> => {
    texts.push(text);
    return Promise.resolve();
  };
  const file = { path: 'iris.cdx.json', check, write };
  return { sbom: { format: 'cyclonedx', file, caissonVersion: '1.2.3' }, texts };
}

const tags = ['registry.test/iris:1', 'registry.test/iris:latest', 'registry.test/other:1'];
const pushed = { tags: () => tags.map(parseImageReference), afterBuild: 'push' as const };

describe('a signed push', () => {
  it('signs every repository once, by digest', async () => {
    const ports = scene();
    const work = recordedWork();
    const { images } = await buildImage(buildRequest({ ...pushed, signing: { key: 'k' } }), ports, work);
    const digests = images.map((image) => ('digest' in image ? image.digest : ''));
    expect(ports.signer.signed).toEqual([
      { image: `registry.test/iris@${digests[0]}`, key: 'k' },
      { image: `registry.test/other@${digests[2]}`, key: 'k' },
    ]);
    expect(work.steps().slice(-2)).toEqual(ports.signer.signed.map(({ image }) => `signing ${image}`));
  });

  it('signs nothing that is not pushed or not to be signed', async () => {
    const ports = scene();
    await buildImage(buildRequest(pushed), ports, recordedWork());
    await buildImage(buildRequest({ signing: {} }), ports, recordedWork());
    expect(ports.signer.signed).toEqual([]);
  });

  it('begins with a look for the program', async () => {
    const ports = scene();
    ports.signer.isInstalled = false;
    const building = buildImage(buildRequest({ ...pushed, signing: {} }), ports, recordedWork());
    expect(await rejection(building)).toMatchObject({ code: 'PROGRAM_MISSING' });
    expect(ports.engine.calls).toEqual([]);
  });
});

describe('the bill of materials of a build', () => {
  it('is written before the push, under the first name', async () => {
    const ports = scene();
    const { sbom, texts } = sbomInMemory();
    const work = recordedWork();
    const { imageId } = await buildImage(buildRequest({ ...pushed, sbom }), ports, work);
    const { metadata } = JSON.parse(texts[0]!) as { metadata: { component: object } };
    expect(metadata.component).toMatchObject({ name: 'registry.test/iris:1', version: imageId });
    expect(texts).toHaveLength(1);
    const steps = work.steps();
    expect(steps.indexOf('writing the bill of materials to iris.cdx.json')).toBe(
      steps.findIndex((title) => title.startsWith('pushing')) - 1,
    );
  });

  it('reads what is installed out of the image, and says what commands of --run may have added', async () => {
    const ports = scene();
    const environment = { ...IMAGE_REQUEST.environment, hooks: ['pip install by-a-hook'] };
    ports.engine.filesOfBuiltImages = {
      ...RESOLVED,
      ...tellingFiles({ request: { environment } }),
      '/opt/venv/lib/python3.11/site-packages/by_a_hook-2.dist-info/METADATA':
        'Name: By_a.hook\nVersion: 2\n\nName: x\n',
      '/opt/venv/conda-meta/libxgboost-2.1-h1_0.json': '{}',
      '/opt/caisson/lib/h11-0.16.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: h11\nVersion: 0.16.0\n',
    };
    const work = recordedWork();
    const { sbom, texts } = sbomInMemory();
    await buildImage(buildRequest({ sbom }), ports, work);
    for (const purl of ['pkg:pypi/by-a-hook@2', 'pkg:conda/libxgboost@2.1', 'pkg:pypi/h11@0.16.0'])
      expect(texts.join('')).toContain(purl);
    expect(work.events).toContainEqual({
      type: 'note',
      message: expect.stringContaining('commands of --run installed') as string,
    });
  });

  it('is known to be impossible before the build', async () => {
    const ports = scene();
    const { sbom } = sbomInMemory(() => Promise.reject(new CaissonError('OUTPUT_FAILED', 'no')));
    expect(await rejection(buildImage(buildRequest({ sbom }), ports, recordedWork()))).toMatchObject({
      code: 'OUTPUT_FAILED',
    });
    expect(ports.engine.calls).toEqual([]);
  });
});
