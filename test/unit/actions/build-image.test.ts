import { describe, expect, it, vi } from 'vitest';
import { buildImage } from '../../../src/actions/build-image.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { dockerConfigOf, recordedWork, testPorts, type TestPorts } from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import { BASE_IMAGE, buildRequest } from '../../support/requests.ts';

function portsWithBase(): TestPorts {
  const ports = testPorts();
  ports.engine.addImage(BASE_IMAGE);
  return ports;
}

function builtWith({ engine }: TestPorts): BuildRequest {
  return engine.calls.findLast(({ method }) => method === 'build')?.argument as BuildRequest;
}

describe('build-image', () => {
  it('builds under every tag and answers with the references', async () => {
    const ports = portsWithBase();
    const tags = ['registry.test/iris:1', 'iris'].map(parseImageReference);
    const result = await buildImage(buildRequest({ tags: () => tags }), ports, recordedWork());
    expect(result).toMatchObject({
      images: [{ reference: 'registry.test/iris:1' }, { reference: 'iris:latest' }],
      builder: 'buildkit',
      baseImage: BASE_IMAGE,
    });
    expect(ports.engine.references.get('iris:latest')).toBe(result.imageId);
    expect(ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('hands everything that was asked to the engine', async () => {
    const login = { 'registry.test': { username: 'ann', password: 'pw' } };
    const ports = { ...portsWithBase(), dockerConfig: dockerConfigOf(login) };
    const request = buildRequest({
      builder: 'classic',
      buildArgs: { TOKEN: 'x' },
      networkMode: 'host',
      cache: 'ignore',
    });
    await buildImage(request, ports, recordedWork());
    expect(builtWith(ports)).toMatchObject({
      builder: 'classic',
      buildArgs: { TOKEN: 'x' },
      networkMode: 'host',
      cache: 'ignore',
      credentials: login,
    });
  });

  it("adds the proxies of docker's config, but none that the user names", async () => {
    const proxies = { HTTP_PROXY: 'http://p', http_proxy: 'http://p', NO_PROXY: 'a', no_proxy: 'a' };
    const ports = { ...portsWithBase(), dockerConfig: dockerConfigOf({}, { proxies }) };
    const base = buildRequest();
    const image = { ...base.image, buildArgNames: ['HTTP_PROXY', 'no_proxy'] };
    const request = { ...base, image, buildArgs: { HTTP_PROXY: 'http://mine' } };
    await buildImage(request, ports, recordedWork());
    expect(builtWith(ports).buildArgs).toEqual({
      HTTP_PROXY: 'http://mine',
      http_proxy: 'http://p',
      NO_PROXY: 'a',
    });
  });

  it('asks the engine before it fetches the model', async () => {
    const ports = testPorts();
    ports.engine.failNext('describe', new CaissonError('ENGINE_UNREACHABLE', 'no engine'));
    expect((await rejection(buildImage(buildRequest(), ports, recordedWork()))).code).toBe(
      'ENGINE_UNREACHABLE',
    );
    expect(ports.sources.borrowed).toBe(0);
  });

  it('lets the model go when the build fails or is interrupted', async () => {
    const ports = portsWithBase();
    ports.engine.failNext('build', new CaissonError('BUILD_FAILED', 'x'));
    expect((await rejection(buildImage(buildRequest(), ports, recordedWork()))).code).toBe('BUILD_FAILED');
    ports.engine.hangNext('build');
    const work = recordedWork();
    const building = rejection(buildImage(buildRequest(), ports, work));
    await vi.waitFor(() => {
      expect(ports.engine.calls.filter(({ method }) => method === 'build')).toHaveLength(2);
    });
    work.abort(new CaissonError('TERMINATED', 'terminated'));
    expect((await building).code).toBe('TERMINATED');
    expect(ports.sources).toMatchObject({ borrowed: 2, disposed: 2 });
  });

  it('refuses a builder that the engine does not have, and takes the best with auto', async () => {
    const ports = portsWithBase();
    ports.engine.description = { ...ports.engine.description, builders: ['classic'] };
    const refused = await rejection(buildImage(buildRequest({ builder: 'buildkit' }), ports, recordedWork()));
    expect(refused).toMatchObject({ code: 'ENGINE_FAILED', hint: 'it has classic' });
    expect((await buildImage(buildRequest(), ports, recordedWork())).builder).toBe('classic');
  });
});

describe('the base image', () => {
  it('is pulled when it is missing, and its digest becomes a label', async () => {
    const ports = testPorts();
    const registry = ports.engine.addRegistry('registry.test');
    registry.put(BASE_IMAGE, portsWithBase().engine.addImage(BASE_IMAGE));
    const work = recordedWork();
    await buildImage(buildRequest(), ports, work);
    expect(work.steps()).toContain(`pulling the base image ${BASE_IMAGE}`);
    expect(builtWith(ports).labels).toEqual({
      'org.opencontainers.image.base.digest': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  it('is not pulled when it is there, and has no digest when it was never in a registry', async () => {
    const ports = portsWithBase();
    await buildImage(buildRequest(), ports, recordedWork());
    expect(ports.engine.calls.map(({ method }) => method)).not.toContain('pull');
    expect(builtWith(ports).labels).toEqual({});
  });

  it('is pulled anew with --pull and never with --pull never', async () => {
    const ports = portsWithBase();
    ports.engine.addRegistry('registry.test').put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
    await buildImage(buildRequest({ pullBase: 'always' }), ports, recordedWork());
    expect(ports.engine.calls.map(({ method }) => method)).toContain('pull');
    const missing = await rejection(
      buildImage(buildRequest({ pullBase: 'never' }), testPorts(), recordedWork()),
    );
    expect(missing).toMatchObject({ code: 'IMAGE_NOT_FOUND', hint: '--pull never forbids to fetch it' });
  });

  it('that cannot be had is an error that names --base-image', async () => {
    const missing = await rejection(buildImage(buildRequest(), testPorts(), recordedWork()));
    expect(missing).toMatchObject({ code: 'IMAGE_NOT_FOUND', hint: expect.stringContaining('--base-image') });
  });
});

describe('build-image --push', () => {
  it('answers with the digest of every tag', async () => {
    const ports = portsWithBase();
    ports.engine.addRegistry('registry.test');
    const { images } = await buildImage(buildRequest({ afterBuild: 'push' }), ports, recordedWork());
    expect(images).toEqual([
      { reference: 'registry.test/iris:1', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
  });

  it('keeps the image when the registry refuses, and says so', async () => {
    const ports = portsWithBase();
    const work = recordedWork();
    ports.engine.addRegistry('registry.test', { username: 'ann', password: 'pw' });
    const refused = await rejection(buildImage(buildRequest({ afterBuild: 'push' }), ports, work));
    expect(work.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        hint: 'push again with: caisson push registry.test/iris:1',
      }),
    );
    expect(refused.code).toBe('REGISTRY_DENIED');
    expect(ports.engine.references.has('registry.test/iris:1')).toBe(true);
  });
});
