import { describe, expect, it } from 'vitest';
import { push } from '../../../src/actions/push.ts';
import { forgetFailure, keepFailure } from '../../../src/actions/self-test/outcomes.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { dockerConfigOf, recordedWork, testPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';

const IMAGES = ['a.test/iris:1', 'b.test/iris'].map((text) => ({ reference: parseImageReference(text) }));
const FIRST = IMAGES.slice(0, 1);
const OTHER = `sha256:${'9'.repeat(64)}`;
const LOGIN = { username: 'ann', password: 'pw' };

function portsWithImages(dockerConfig = dockerConfigOf()) {
  const ports = testPorts(dockerConfig);
  ports.engine.addImage('a.test/iris:1');
  ports.engine.addImage('b.test/iris:latest');
  return ports;
}

describe('push', () => {
  it('pushes each to its registry with the login for that registry alone', async () => {
    const ports = portsWithImages(dockerConfigOf({ 'a.test': LOGIN, 'c.test': LOGIN }));
    ports.engine.addRegistry('a.test', LOGIN);
    ports.engine.addRegistry('b.test');
    const pushed = await push(IMAGES, ports, recordedWork());
    expect(pushed.map(({ reference }) => reference)).toEqual(['a.test/iris:1', 'b.test/iris:latest']);
    expect(pushed.every(({ digest }) => /^sha256:[0-9a-f]{64}$/.test(digest))).toBe(true);
    const credentials = ports.engine.calls
      .filter(({ method }) => method === 'push')
      .map(({ argument }) => (argument as { readonly credentials: unknown }).credentials);
    expect(credentials).toEqual([{ 'a.test': LOGIN }, {}]);
  });

  it('sends nothing when a tag names another image than the one that was tested', async () => {
    const ports = portsWithImages();
    ports.engine.addRegistry('a.test');
    const error = await rejection(
      push(
        FIRST.map((image) => ({ ...image, imageId: OTHER })),
        ports,
        recordedWork(),
      ),
    );
    expect(error.code).toBe('IMAGE_MOVED');
    expect(ports.engine.calls.filter(({ method }) => method === 'push')).toEqual([]);
  });

  it('fails when a tag moved while it was pushed', async () => {
    const ports = portsWithImages();
    ports.engine.addRegistry('a.test');
    const { imageId } = (await ports.engine.inspectImage('a.test/iris:1'))!;
    const realPush = ports.engine.push.bind(ports.engine);
    ports.engine.push = async (...args) => {
      const pushed = await realPush(...args);
      ports.engine.addImage('a.test/iris:1', { imageId: OTHER });
      return pushed;
    };
    const error = await rejection(
      push(
        FIRST.map((image) => ({ ...image, imageId })),
        ports,
        recordedWork(),
      ),
    );
    expect(error.code).toBe('IMAGE_MOVED');
  });

  it('warns of an image that failed its self-test', async () => {
    const ports = portsWithImages();
    ports.engine.addRegistry('a.test');
    const { imageId } = (await ports.engine.inspectImage('a.test/iris:1'))!;
    await keepFailure(ports.keepsakes, imageId, 'it answers 500');
    const work = recordedWork();
    await push(FIRST, ports, work);
    const warning = expect.objectContaining({
      type: 'warning',
      message: "'a.test/iris:1' failed its self-test when it was built: it answers 500",
    }) as object;
    expect(work.events).toContainEqual(warning);
    await forgetFailure(ports.keepsakes, imageId);
    const later = recordedWork();
    await push(FIRST, ports, later);
    expect(later.events).not.toContainEqual(warning);
  });

  it('sends nothing when one of the images is missing', async () => {
    const ports = testPorts();
    ports.engine.addImage('a.test/iris:1');
    ports.engine.addRegistry('a.test');
    expect(await rejection(push(IMAGES, ports, recordedWork()))).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: "image 'b.test/iris:latest' is not in the engine",
      hint: 'build it first: caisson build-image MODEL -t b.test/iris:latest',
    });
    expect(ports.engine.registries.get('a.test')?.images.size).toBe(0);
  });

  it('says so when the login is with a credential helper', async () => {
    const ports = portsWithImages(dockerConfigOf({}, { helper: 'desktop' }));
    ports.engine.addRegistry('a.test', LOGIN);
    expect(await rejection(push(IMAGES, ports, recordedWork()))).toMatchObject({
      code: 'REGISTRY_DENIED',
      hint: expect.stringContaining('docker-credential-desktop'),
    });
  });

  it('stops between two images when it is interrupted', async () => {
    const ports = portsWithImages();
    ports.engine.addRegistry('a.test');
    ports.engine.hangNext('push');
    const work = recordedWork();
    setTimeout(() => {
      work.abort(new CaissonError('INTERRUPTED', 'interrupted'));
    }, 10);
    expect((await rejection(push(IMAGES, ports, work))).code).toBe('INTERRUPTED');
    expect(ports.engine.calls.filter(({ method }) => method === 'push')).toHaveLength(1);
  });
});
