import { describe, expect, it } from 'vitest';
import { buildImage } from '../../../src/actions/build-image.ts';
import type { BuildImageRequest } from '../../../src/actions/build/request.ts';
import { rebuild } from '../../../src/actions/rebuild.ts';
import type { RebuildRequest } from '../../../src/actions/rebuild/request.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import type { ModelOrigin } from '../../../src/model/resolved-model.ts';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import { recordedWork, testPorts, type TestPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import { templatesDigest } from '../../../src/plan/templates-digest.ts';
import type { FakeImage } from '../../support/fake-engine.ts';
import { BASE_IMAGE, buildRequest, IMAGE_REQUEST } from '../../support/requests.ts';

const IMAGE = parseImageReference('registry.test/iris:1');
const NEW = parseImageReference('registry.test/iris:2');

/** An engine that built an image; what is in the image is what was in its context. */
async function built(more: Partial<BuildImageRequest> = {}, origin?: ModelOrigin): Promise<TestPorts> {
  const ports = testPorts();
  ports.sources.origin = origin;
  const registry = ports.engine.addRegistry('registry.test');
  registry.put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
  await buildImage(buildRequest(more), ports, recordedWork());
  const texts = lastBuild(ports).context.entries.flatMap(({ path, content }) =>
    content.kind === 'text' ? [[`/opt/caisson/${path}`, content.text] as const] : [],
  );
  holdFiles(ports, Object.fromEntries(texts));
  return ports;
}

function oldImage({ engine }: TestPorts): FakeImage {
  return engine.images.get(engine.references.get('registry.test/iris:1')!)!;
}

function holdFiles(ports: TestPorts, files: Readonly<Record<string, string>>): void {
  const held = oldImage(ports);
  ports.engine.images.set(held.imageId, { ...held, files: { ...held.files, ...files } });
}

function lastBuild({ engine }: TestPorts): BuildRequest {
  return engine.calls.findLast(({ method }) => method === 'build')?.argument as BuildRequest;
}

const textOf = (ports: TestPorts, file: string): string | undefined => {
  const entry = lastBuild(ports).context.entries.find(({ path }) => path === file);
  return entry?.content.kind === 'text' ? entry.content.text : undefined;
};

const request = (more: Partial<RebuildRequest> = {}): RebuildRequest => ({
  image: IMAGE,
  tags: [NEW],
  versions: 'recorded',
  buildArgs: {},
  buildArgNames: [],
  afterBuild: 'keep',
  cache: 'use',
  secretNames: { ids: [], ssh: 'none' },
  caissonVersion: '1.2.3',
  recordedSteps: 'without-secrets',
  ...more,
});

describe('rebuild', () => {
  it('takes wheels that are given, without which it was built or not, and the time of its files', async () => {
    const name = 'six-1-py3-none-any.whl';
    const wheels = [{ name, size: 3, path: `/home/me/${name}` }];
    const given = { wheels, wheelhouse: { files: [name], use: 'also' } as const };
    const ports = await built({ wheels, image: { ...IMAGE_REQUEST, wheelhouse: given.wheelhouse } });
    await rebuild(request({ ...given, sourceDateEpoch: 7 }), ports, recordedWork());
    expect(lastBuild(ports).context.entries.map(({ path }) => path)).toContain(`wheels/${name}`);
    expect(lastBuild(ports).sourceDateEpoch).toBe(7);
    await rebuild(request(), ports, recordedWork());
    expect(lastBuild(ports).context.entries.map(({ path }) => path)).not.toContain(`wheels/${name}`);
  });

  it('asks for the same image but for the base, which it takes by digest', async () => {
    const ports = await built({
      image: {
        ...IMAGE_REQUEST,
        labels: { team: 'a' },
        env: { A: '1' },
        indexUrl: 'https://index.test/simple/',
      },
      builder: 'classic',
    });
    const [first, dockerfile] = [lastBuild(ports), textOf(ports, 'Dockerfile')];
    const result = await rebuild(request(), ports, recordedWork());
    const digest = first.labels['org.opencontainers.image.base.digest']!;
    expect(digest).toMatch(/^sha256:[a-f0-9]{64}$/);
    expect(textOf(ports, 'Dockerfile')).toBe(
      dockerfile?.replace(`FROM ${BASE_IMAGE} `, `FROM ${BASE_IMAGE}@${digest} `),
    );
    const others = ({ context }: BuildRequest) => context.entries.filter(({ path }) => path !== 'Dockerfile');
    expect(others(lastBuild(ports))).toEqual(others(first));
    expect(lastBuild(ports)).toMatchObject({ builder: 'classic', labels: first.labels });
    expect(result.images).toEqual([{ reference: 'registry.test/iris:2' }]);
  });

  it('tells how many layers from the base on are the same', async () => {
    const ports = await built();
    const old = oldImage(ports);
    const changed = await rebuild(request(), ports, recordedWork());
    expect(changed).toMatchObject({ previousImageId: old.imageId, sameLayers: 0, layers: 1 });
    const layers = [...ports.engine.images.get(changed.imageId)!.layers, `sha256:${'1'.repeat(64)}`];
    ports.engine.images.set(old.imageId, { ...oldImage(ports), layers });
    expect(await rebuild(request(), ports, recordedWork())).toMatchObject({ sameLayers: 1, layers: 1 });
  });

  it('shows the commands that it runs', async () => {
    const environment = { ...IMAGE_REQUEST.environment, hooks: ['echo "hi"'] };
    const ports = await built({ image: { ...IMAGE_REQUEST, environment } });
    const told = async (more: Partial<RebuildRequest>) => {
      const work = recordedWork();
      await rebuild(request(more), ports, work);
      return work.events.filter((event) => 'message' in event && event.message.includes('echo \\"hi\\"'));
    };
    expect(await told({})).toMatchObject([{ type: 'note' }]);
  });

  it('lets what a stranger decided see no secrets, unless the image is trusted', async () => {
    const ports = await built({ image: { ...IMAGE_REQUEST, extraIndexUrls: ['https://evil.test/simple/'] } });
    const secretNames = { ids: ['netrc'], ssh: 'agent' } as const;
    for (const more of [{ secretNames }, { buildArgs: { A: '1' }, buildArgNames: ['A'] }])
      expect(await rejection(rebuild(request(more), ports, recordedWork()))).toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining('decides what its build runs') as string,
        hint: expect.stringContaining('--trust-image') as string,
        detail: expect.stringContaining('https://evil.test/simple/') as string,
      });
    const trusted = await rebuild(request({ secretNames, recordedSteps: 'trusted' }), ports, recordedWork());
    expect(trusted.images).toHaveLength(1);
  });

  it('refuses a lock of an image that leads pip elsewhere', async () => {
    const ports = await built();
    const lock = oldImage(ports).files['/opt/caisson/requirements.lock'] ?? '';
    holdFiles(ports, { '/opt/caisson/requirements.lock': `${lock}--require-hashes\n--no-binary six\n` });
    await rebuild(request(), ports, recordedWork());
    for (const line of ['-r /mnt/secret', '--config-settings x']) {
      holdFiles(ports, { '/opt/caisson/requirements.lock': `${lock}${line}\n` });
      expect((await rejection(rebuild(request(), ports, recordedWork()))).code).toBe('LOCK_BROKEN');
    }
  });

  it('takes no path of this machine from an image', async () => {
    const ports = await built();
    const record = JSON.parse(oldImage(ports).files['/opt/caisson/image.json'] ?? '') as {
      build: { model: Record<string, unknown> };
    };
    const found = JSON.stringify(record).replace(/"origin":"[a-z]+"/, '"origin":"store"');
    holdFiles(ports, {
      '/opt/caisson/image.json': found.replaceAll(/runs:\/[^"]*|models:\/[^"]*/g, '/home/me/private'),
    });
    expect((await rejection(rebuild(request(), ports, recordedWork()))).code).toBe('USAGE');
  });

  it('takes the handler out of the image', async () => {
    const handler = 'def pre(inputs):\n    return inputs\n';
    const image = { ...IMAGE_REQUEST, handlerSha256: handlerDigest(handler) };
    const ports = await built({ image, handler });
    await rebuild(request(), ports, recordedWork());
    expect(textOf(ports, 'handler.py')).toBe(handler);
    holdFiles(ports, { '/opt/caisson/handler.py': 'other = 1\n' });
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'RECORD_BROKEN',
      message: "the handler in '/opt/caisson/handler.py' is not the recorded one",
    });
  });

  it('refuses a model that is another by now, before anything is built', async () => {
    const ports = await built();
    ports.sources.digest = `sha256:${'f'.repeat(64)}`;
    const builds = ports.engine.calls.filter(({ method }) => method === 'build').length;
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'MODEL_CHANGED',
    });
    expect(ports.engine.calls.filter(({ method }) => method === 'build')).toHaveLength(builds);
    expect(ports.sources.disposed).toBe(ports.sources.borrowed);
  });

  it('looks for the version that an alias stood for', async () => {
    const ports = await built({}, { uri: 'models:/iris@champion', pinnedUri: 'models:/iris/7' });
    await rebuild(request(), ports, recordedWork());
    expect(ports.sources.asked.at(-1)).toBe('models:/iris/7');
  });

  it('asks where a folder is', async () => {
    const ports = await built({}, { uri: 'iris' });
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'USAGE',
      message: "the image 'registry.test/iris:1' was built from the folder 'iris'",
      hint: 'say where the folder is now with --model PATH',
    });
    await rebuild(request({ model: './iris' }), ports, recordedWork());
    expect(ports.sources.asked.at(-1)).toBe('./iris');
  });

  it('names the build arguments that are needed again', async () => {
    const ports = await built({ image: { ...IMAGE_REQUEST, buildArgNames: ['A', 'TOKEN'] } });
    expect(await rejection(rebuild(request({ buildArgNames: ['A'] }), ports, recordedWork()))).toMatchObject({
      code: 'USAGE',
      message: "the image 'registry.test/iris:1' was built with --build-arg TOKEN",
      hint: 'an image records no values; give them again',
    });
    const given = {
      buildArgNames: ['A', 'TOKEN'],
      buildArgs: { TOKEN: 'x' },
      recordedSteps: 'trusted' as const,
    };
    await rebuild(request(given), ports, recordedWork());
    expect(lastBuild(ports).buildArgs).toEqual({ TOKEN: 'x' });
  });

  it('names the secrets that are needed again', async () => {
    const image = { ...IMAGE_REQUEST, secrets: { ids: ['netrc', 'token'], ssh: 'agent' as const } };
    const ports = await built({ image });
    const some = { secretNames: { ids: ['token'], ssh: 'none' as const } };
    expect(await rejection(rebuild(request(some), ports, recordedWork()))).toMatchObject({
      code: 'USAGE',
      message: "the image 'registry.test/iris:1' was built with --secret id=netrc,src=FILE --ssh default",
    });
    const secrets = { netrc: Buffer.from('a'), token: Buffer.from('b') };
    await rebuild(
      request({ secretNames: image.secrets, secrets, sshSocket: '/agent', recordedSteps: 'trusted' }),
      ports,
      recordedWork(),
    );
    expect(lastBuild(ports)).toMatchObject({ secrets, sshSocket: '/agent' });
  });

  it('takes other indexes when some are given', async () => {
    const ports = await built({ image: { ...IMAGE_REQUEST, indexUrl: 'https://old.test/simple/' } });
    await rebuild(
      request({ indexes: { indexUrl: 'https://new.test/simple/', extraIndexUrls: [] } }),
      ports,
      recordedWork(),
    );
    expect(textOf(ports, 'Dockerfile')).toContain('https://new.test/simple/');
    expect(textOf(ports, 'Dockerfile')).not.toContain('https://old.test/simple/');
  });

  it('asks for the templates that it was built with', async () => {
    const ownTemplates = { folder: 'mine', files: { 'blocks/end': '# mine\n' } };
    const image = { ...IMAGE_REQUEST, templatesSha256: templatesDigest(ownTemplates.files) };
    const ports = await built({ image, ownTemplates });
    const changed = { ...ownTemplates, files: { 'blocks/end': '# changed\n' } };
    for (const more of [{}, { ownTemplates: changed }])
      expect(await rejection(rebuild(request(more), ports, recordedWork()))).toMatchObject({
        code: 'USAGE',
        message: "the image 'registry.test/iris:1' was built with other templates",
      });
    await rebuild(request({ ownTemplates }), ports, recordedWork());
    expect(textOf(ports, 'Dockerfile')).toContain('# mine');
    expect(await rejection(rebuild(request({ ownTemplates }), await built(), recordedWork()))).toMatchObject({
      code: 'USAGE',
      hint: 'leave --templates out',
    });
  });

  it('moves to another base, or to what its tag stands for now', async () => {
    const ports = await built();
    ports.engine.addImage('registry.test/other:1');
    await rebuild(request({ baseImage: 'registry.test/other:1' }), ports, recordedWork());
    expect(textOf(ports, 'Dockerfile')).toContain('FROM registry.test/other:1 ');
    const pulls = () => ports.engine.calls.filter(({ method }) => method === 'pull').length;
    const before = pulls();
    await rebuild(request({ versions: 'newest' }), ports, recordedWork());
    expect(textOf(ports, 'Dockerfile')).toContain(`FROM ${BASE_IMAGE} `);
    expect(pulls()).toBe(before + 1);
  });

  it('installs the lock of the image, and resolves anew only when asked to', async () => {
    const ports = await built();
    ports.engine.filesOfBuiltImages = { '/lock/requirements.lock': 'numpy==2.9.9\n' };
    await rebuild(request(), ports, recordedWork());
    expect(textOf(ports, 'requirements.lock')).toContain('\nnumpy==2.0.0\n');
    await rebuild(request({ versions: 'newest' }), ports, recordedWork());
    expect(textOf(ports, 'requirements.lock')).toContain('\nnumpy==2.9.9\n');
    const builds = ports.engine.calls.flatMap(({ method, argument }) =>
      method === 'build' ? [(argument as BuildRequest).cache] : [],
    );
    // the first image: resolved and built; then built; then resolved and built
    expect(builds).toEqual(['use', 'use', 'use', 'ignore', 'use']);
  });

  it('of an image that loads its model keeps the client of the store, wherever the model is read now', async () => {
    const ports = await built({ image: { ...IMAGE_REQUEST, modelSource: 'load-at-start' } });
    const first = textOf(ports, 'image.json');
    ports.sources.stores = ['s3'];
    await rebuild(request({ model: './copy' }), ports, recordedWork());
    expect(textOf(ports, 'image.json')).toBe(first);
    expect(textOf(ports, 'requirements.txt')).not.toContain('boto3');
  });

  it('of an older image, which does not say it, tells why the lock fits no more', async () => {
    const ports = await built({ image: { ...IMAGE_REQUEST, modelSource: 'load-at-start' } });
    const old = textOf(ports, 'image.json')?.replace(/,?\s*"stores":\s*\[[^\]]*\]/, '') ?? '';
    expect(old).not.toContain('"stores"');
    holdFiles(ports, { '/opt/caisson/image.json': old });
    ports.sources.stores = ['s3'];
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'LOCK_STALE',
      message: expect.stringContaining('another kind of store now: s3') as string,
      hint: 'resolve the packages anew with --update',
    });
  });

  it('says how to go on when the lock fits no more', async () => {
    const ports = await built();
    const lock = oldImage(ports).files['/opt/caisson/requirements.lock']!;
    const other = lock.replace(/sha256:[a-f0-9]{64}/, `sha256:${'0'.repeat(64)}`);
    holdFiles(ports, { '/opt/caisson/requirements.lock': other });
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'LOCK_STALE',
      hint: 'resolve the packages anew with --update',
    });
  });

  it('takes another base with the Python that it has', async () => {
    const environment = { ...IMAGE_REQUEST.environment, python: '3.11' };
    const { baseImage: _, ...own } = IMAGE_REQUEST;
    expect(_).toBe(BASE_IMAGE);
    const ports = testPorts();
    ports.engine.addImage('python:3.11-slim');
    await buildImage(buildRequest({ image: { ...own, environment } }), ports, recordedWork());
    holdFiles(ports, { '/opt/caisson/image.json': textOf(ports, 'image.json')! });
    ports.engine.addImage('registry.test/other:1');
    await rebuild(request({ baseImage: 'registry.test/other:1' }), ports, recordedWork());
    expect(textOf(ports, 'Dockerfile')).toContain('FROM registry.test/other:1 ');
  });

  it('says what may make a difference', async () => {
    const work = recordedWork();
    const ports = await built();
    const { '/opt/caisson/requirements.lock': lock, ...files } = oldImage(ports).files;
    expect(lock).toContain('numpy==2.0.0');
    ports.engine.images.set(oldImage(ports).imageId, { ...oldImage(ports), files });
    await rebuild(request({ caissonVersion: '9.9.9' }), ports, work);
    const notes = work.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
    expect(notes).toEqual([
      "'registry.test/iris:1' holds no lock: its packages are resolved anew",
      "'registry.test/iris:1' was built by caisson 1.2.3, and this is 9.9.9",
    ]);
  });

  it('does not know an image that caisson did not build', async () => {
    const ports = testPorts();
    ports.engine.addImage('registry.test/iris:1');
    expect(await rejection(rebuild(request(), ports, recordedWork()))).toMatchObject({
      code: 'RECORD_BROKEN',
      message: "the image 'registry.test/iris:1' does not say how it was built",
    });
  });
});
