import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../../src/actions/build-image.ts';
import type { BuildImageRequest } from '../../../../src/actions/build/request.ts';
import { parseImageReference } from '../../../../src/model/image-reference.ts';
import { handlerDigest } from '../../../../src/plan/handler-digest.ts';
import { templatesDigest } from '../../../../src/plan/templates-digest.ts';
import { dockerConfigOf, recordedWork, testPorts, type TestPorts } from '../../../support/action-ports.ts';
import { BASE_IMAGE, buildRequest, IMAGE_REQUEST } from '../../../support/requests.ts';

type Change = Partial<BuildImageRequest>;

const image = (more: Partial<BuildImageRequest['image']>): Change => ({
  image: { ...IMAGE_REQUEST, ...more },
});
const named = (...names: readonly string[]): Change => ({ tags: () => names.map(parseImageReference) });

function portsWithBase(): TestPorts {
  const ports = testPorts();
  ports.engine.addImage(BASE_IMAGE);
  return ports;
}

/** How many images are built, locks apart, and what is noted. */
async function build(
  ports: TestPorts,
  change: Change = {},
): Promise<{ readonly built: number; readonly imageId: string; readonly notes: readonly string[] }> {
  const builds = (): number =>
    ports.engine.calls.filter(
      ({ method, argument }) =>
        method === 'build' && (argument as { tags: readonly unknown[] }).tags.length > 0,
    ).length;
  const before = builds();
  const work = recordedWork();
  const { imageId } = await buildImage(buildRequest(change), ports, work);
  const notes = work.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  return { built: builds() - before, imageId, notes };
}

describe('a build with nothing changed', () => {
  it('is not sent to the engine, and gives the image that is there', async () => {
    const ports = portsWithBase();
    const first = await build(ports);
    expect(first).toMatchObject({ built: 1, notes: [] });
    expect(await build(ports)).toEqual({
      built: 0,
      imageId: first.imageId,
      notes: [`nothing changed: registry.test/iris:1 is ${first.imageId} (--no-cache builds it anew)`],
    });
  });

  it('asks no helper for logins', async () => {
    const ports = portsWithBase();
    await build(ports);
    const dockerConfig = {
      ...ports.dockerConfig,
      allCredentials: () => Promise.reject(new TypeError('asked')),
    };
    expect((await build({ ...ports, dockerConfig })).built).toBe(0);
  });

  it('is pushed all the same', async () => {
    const ports = portsWithBase();
    ports.engine.addRegistry('registry.test');
    await build(ports);
    expect((await build(ports, { afterBuild: 'push' })).built).toBe(0);
    expect(ports.engine.calls.map(({ method }) => method)).toContain('push');
  });

  it('may have several tags, when all of them are that image', async () => {
    const ports = portsWithBase();
    await build(ports, named('a:1'));
    expect((await build(ports, named('a:1', 'b:1'))).built).toBe(1);
    const { built, notes, imageId } = await build(ports, named('a:1', 'b:1'));
    expect(built).toBe(0);
    expect(notes).toEqual([`nothing changed: a:1, b:1 are ${imageId} (--no-cache builds it anew)`]);
  });
});

const HANDLER = 'class Handler: ...\n';
const OWN = { folder: 'mine', files: { 'blocks/end': 'ENV A=1\n' } };

/** Each makes another image, or asks for one. */
const CHANGES: Readonly<Record<string, Change>> = {
  'a label': image({ labels: { team: 'flowers' } }),
  'a variable': image({ env: { A: '1' } }),
  'an index': image({ indexUrl: 'https://example.com/simple' }),
  'MLflow as a whole': image({ mlflow: 'full' }),
  'loading at start': image({ modelSource: 'load-at-start' }),
  'the version of caisson': image({ caissonVersion: '1.2.4' }),
  'a system package': image({ environment: { ...IMAGE_REQUEST.environment, systemPackages: ['curl'] } }),
  'a hook': image({ environment: { ...IMAGE_REQUEST.environment, hooks: ['true'] } }),
  'a handler': { ...image({ handlerSha256: handlerDigest(HANDLER) }), handler: HANDLER },
  certificates: { ...image({ certificateAuthority: 'in-context' }), certificateAuthority: 'PEM\n' },
  'a secret': {
    ...image({ secrets: { ids: ['token'], ssh: 'none' } }),
    secrets: { token: Buffer.from('x') },
  },
  'an ssh agent': { ...image({ secrets: { ids: [], ssh: 'agent' } }), sshSocket: '/agent' },
  'a build argument': { ...image({ buildArgNames: ['A'] }), buildArgs: { A: '1' } },
  'the value of a build argument': { buildArgs: { HTTP_PROXY: 'http://other' } },
  'the builder': { builder: 'classic' },
  'the network': { networkMode: 'host' },
  'the source date': { sourceDateEpoch: 1 },
  'a cache': { cacheFrom: [parseImageReference('cache:1')] },
  'an inline cache': { cacheTo: 'inline' },
  'a platform of the same machine, said aloud': {
    platforms: [{ os: 'linux', architecture: 'amd64', variant: 'v2' }],
  },
};

describe('a build is made again for', () => {
  it.each(Object.entries(CHANGES))('%s, and then kept', async (_, change) => {
    const ports = portsWithBase();
    ports.engine.addImage(BASE_IMAGE, { platform: { os: 'linux', architecture: 'amd64', variant: 'v2' } });
    ports.engine.addRegistry('docker.io').put('cache:1', ports.engine.addImage('cache:1'));
    await build(ports);
    expect((await build(ports, change)).built).toBe(1);
    expect((await build(ports, change)).built).toBe(0);
  });

  it.each([
    ['--no-cache', { cache: 'ignore' }],
    ['--pull', { pullBase: 'always' }],
    ['a resolution anew', { resolution: 'anew' }],
    [
      'templates of one’s own, which may name other images',
      { ...image({ templatesSha256: templatesDigest(OWN.files) }), ownTemplates: OWN },
    ],
    [
      'wheels of one’s own',
      {
        ...image({ wheelhouse: { files: ['a-1-py3-none-any.whl'], use: 'also' } }),
        wheels: [{ name: 'a-1-py3-none-any.whl', path: '/wheels/a-1-py3-none-any.whl', size: 1 }],
      },
    ],
  ] as const satisfies readonly (readonly [string, Change])[])('%s, each time', async (_, change) => {
    const ports = portsWithBase();
    ports.engine.addRegistry('registry.test').put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
    await build(ports);
    expect((await build(ports, change)).built).toBe(1);
    expect((await build(ports, change)).built).toBe(1);
  });

  const RESULTS: Readonly<Record<string, (ports: TestPorts) => void>> = {
    'another model': ({ sources }) => {
      sources.digest = `sha256:${'1'.repeat(64)}`;
    },
    'another origin of the model': ({ sources }) => {
      sources.origin = { uri: 'models:/iris/2' };
    },
    'another base under the same name': ({ engine }) => {
      engine.addImage(BASE_IMAGE, { imageId: `sha256:${'2'.repeat(64)}` });
    },
    'another version of the engine': ({ engine }) => {
      engine.description = { ...engine.description, version: '28.0.0' };
    },
    'another engine': ({ engine }) => {
      engine.description = { ...engine.description, address: 'tcp://other:2375' };
    },
    'a tag that was moved': ({ engine }) => {
      engine.addImage('registry.test/iris:1');
    },
    'a tag that is gone': ({ engine }) => {
      engine.references.delete('registry.test/iris:1');
    },
  };

  it.each(Object.entries(RESULTS))('%s', async (_, change) => {
    const ports = portsWithBase();
    await build(ports);
    change(ports);
    expect((await build(ports)).built).toBe(1);
    expect((await build(ports)).built).toBe(0);
  });

  it('other proxies of docker’s configuration', async () => {
    const ports = portsWithBase();
    await build(ports);
    const dockerConfig = dockerConfigOf({}, { proxies: { HTTP_PROXY: 'http://p' } });
    expect((await build({ ...ports, dockerConfig })).built).toBe(1);
  });

  it('another server or installer of caisson’s', async () => {
    const ports = portsWithBase();
    await build(ports);
    const set = await ports.loadTemplates();
    const changed = { ...set, runtime: { ...set.runtime, 'serve.py': '# other\n' } };
    expect((await build({ ...ports, loadTemplates: () => Promise.resolve(changed) })).built).toBe(1);
  });
});
