import { describe, expect, it } from 'vitest';
import { readOptions, type TypedOptions } from '../../../src/cli/option-values.ts';
import { BUILD_IMAGE } from '../../../src/commands/build-image.ts';
import type { Answer, Services } from '../../../src/commands/services.ts';
import type { BuildRequest } from '../../../src/engine/port.ts';
import { recordedWork, testPorts, type TestPorts } from '../../support/action-ports.ts';
import { BASE_IMAGE, MODEL_URI } from '../../support/requests.ts';

interface Built {
  readonly request: BuildRequest;
  readonly ports: TestPorts;
  readonly answers: readonly Answer[];
}

/** What build-image asks of the engine for the options of a command line. */
async function built(typed: TypedOptions): Promise<Built> {
  const ports = testPorts();
  ports.engine.addImage(BASE_IMAGE);
  const answers: Answer[] = [];
  const { emit, signal } = recordedWork();
  const services: Services = {
    version: '1.2.3',
    workingFolder: '/home/me',
    ...{ emit, signal },
    lookup: () => undefined,
    hostCertificate: undefined,
    readTextFile: () => Promise.reject(new TypeError('no file is named')),
    isModelFolder: () => Promise.resolve(false),
    sources: () => Promise.resolve(ports.sources),
    tracking: () => Promise.resolve({ credentials: { kind: 'none' } }),
    engine: () => Promise.resolve(ports.engine),
    dockerConfig: () => Promise.resolve(ports.dockerConfig),
    loadTemplates: ports.loadTemplates,
    outputFolder: () => {
      throw new TypeError('nothing is written');
    },
    answer: (answer) => answers.push(answer),
  };
  const all = { tag: ['registry.test/iris:1'], 'base-image': BASE_IMAGE, ...typed };
  const options = readOptions(BUILD_IMAGE.options, all, {});
  await BUILD_IMAGE.handle({ arguments: [MODEL_URI], options }, services);
  const request = ports.engine.calls.find(({ method }) => method === 'build')?.argument as BuildRequest;
  return { request, ports, answers };
}

const dockerfileOf = ({ request }: Built): string => {
  const content = request.context.entries.find(({ path }) => path === 'Dockerfile')?.content;
  return content?.kind === 'text' ? content.text : '';
};

describe('the options of build-image', () => {
  it('are the best builder, its cache and its own network when nothing is said', async () => {
    const result = await built({});
    expect(result.request).toMatchObject({ builder: 'buildkit', cache: 'use', buildArgs: {} });
    expect(result.request.networkMode).toBeUndefined();
    expect(result.answers.map(({ lines }) => lines)).toEqual([['registry.test/iris:1']]);
  });

  it('--network, --no-cache, --builder and --build-arg reach the engine', async () => {
    const result = await built({
      network: 'host',
      'no-cache': true,
      builder: 'classic',
      'build-arg': ['UV_HTTP_TIMEOUT=99'],
    });
    expect(result.request).toMatchObject({
      networkMode: 'host',
      cache: 'ignore',
      builder: 'classic',
      buildArgs: { UV_HTTP_TIMEOUT: '99' },
    });
    expect(dockerfileOf(result)).toContain('ARG UV_HTTP_TIMEOUT');
    expect(dockerfileOf(result)).not.toContain('--mount');
  });

  it('--label, --env and the indexes reach the Dockerfile', async () => {
    const result = await built({
      label: ['org.example.team=ml'],
      env: ['LOG_LEVEL=debug'],
      'index-url': 'https://index.example.com/simple',
      'extra-index-url': ['https://more.example.com/simple'],
    });
    for (const text of [
      'org.example.team="ml"',
      'LOG_LEVEL="debug"',
      'https://index.example.com/simple',
      'https://more.example.com/simple',
    ])
      expect(dockerfileOf(result)).toContain(text);
  });

  it('--pull asks the registry for the base although the engine has it', async () => {
    await expect(built({ pull: true })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('--load-at-start leaves the model out', async () => {
    const { request } = await built({ 'load-at-start': true });
    expect(request.context.entries.map(({ path }) => path)).not.toContain('model/MLmodel');
  });
});
