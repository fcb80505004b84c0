import { describe, expect, it } from 'vitest';
import { readOptions, type TypedOptions } from '../../../src/cli/option-values.ts';
import { BUILD_IMAGE } from '../../../src/commands/build-image.ts';
import type { Answer } from '../../../src/commands/services.ts';
import type { BuildRequest, ContainerSpec } from '../../../src/engine/port.ts';
import { UV_VERSION } from '../../../src/image/dockerfile-view.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { testPorts, type TestPorts } from '../../support/action-ports.ts';
import { commandServices, type CommandScene } from '../../support/command-services.ts';
import { BASE_IMAGE, MODEL_URI } from '../../support/requests.ts';

const FILES: Readonly<Record<string, string>> = {
  'srv/extra.txt': 'nltk==3.9\n--extra-index-url https://own.example/simple\n',
  'srv/large.txt': `# ${'x'.repeat(1_000_000)}`,
  'srv/My handler.py': 'def post(predictions):\n    return "{{x}} $HOME `id`"\n',
};

const WHEEL = 'iniconfig-2.0.0-py3-none-any.whl';
const FOLDERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  wheels: { [WHEEL]: 7, 'notes.txt': 5 },
  more: { [WHEEL]: 8, 'own-1.tar.gz': 9 },
  empty: { 'notes.txt': 5 },
};

interface Built {
  readonly request: BuildRequest;
  readonly ports: TestPorts;
  readonly answers: readonly Answer[];
  readonly hidden: readonly string[];
}

/** What build-image asks of the engine for the options of a command line. */
async function built(
  typed: TypedOptions,
  ports = testPorts(),
  scene: Partial<CommandScene> = {},
): Promise<Built> {
  ports.engine.addImage(BASE_IMAGE);
  const services = commandServices({ ports, files: FILES, folders: FOLDERS, ...scene });
  const all = { tag: ['registry.test/iris:1'], 'base-image': BASE_IMAGE, ...typed };
  const options = readOptions(BUILD_IMAGE.options, all, {});
  await BUILD_IMAGE.handle({ arguments: [MODEL_URI], options }, services);
  const request = ports.engine.calls.findLast(({ method }) => method === 'build')?.argument as BuildRequest;
  return { request, ports, answers: services.answers, hidden: services.hidden };
}

const textOf = ({ request }: Built, wanted: string): string => {
  const content = request.context.entries.find(({ path }) => path === wanted)?.content;
  return content?.kind === 'text' ? content.text : '';
};
const dockerfileOf = (result: Built): string => textOf(result, 'Dockerfile');

describe('the options of build-image', () => {
  it('are the best builder, its cache and its own network when nothing is said', async () => {
    const result = await built({});
    expect(result.request).toMatchObject({ builder: 'buildkit', cache: 'use', buildArgs: {} });
    expect(result.request.networkMode).toBeUndefined();
    expect(result.answers.map(({ lines }) => lines)).toEqual([['registry.test/iris:1']]);
  });

  it('--platform, --cache-from and --cache-to reach the engine', async () => {
    const { request } = await built({
      platform: ['linux/amd64'],
      'cache-from': ['registry.test/cache:1', 'type=registry,ref=registry.test/other'],
      'cache-to': 'type=inline',
    });
    expect(request).toMatchObject({
      platform: { os: 'linux', architecture: 'amd64' },
      cacheFrom: ['registry.test/cache:1', 'registry.test/other'].map(parseImageReference),
      cacheTo: 'inline',
    });
    expect((await built({})).request).not.toHaveProperty('platform');
  });

  it('--platform may name several with --push: the answer has the digest of each', async () => {
    const ports = testPorts();
    const registry = ports.engine.addRegistry('registry.test');
    registry.put(BASE_IMAGE, ports.engine.addImage(BASE_IMAGE));
    const platform = { os: 'linux', architecture: 'arm64' };
    registry.others.set(BASE_IMAGE, [ports.engine.addImage(BASE_IMAGE, { platform })]);
    const { answers } = await built({ platform: ['amd64,arm64', 'linux/amd64'], push: true }, ports);
    const digest = /sha256:[0-9a-f]{64}$/.exec(answers[0]!.lines[0]!)?.[0];
    expect(answers[0]!.lines).toEqual([`registry.test/iris:1@${digest!}`]);
    expect(answers[0]!.json['images']).toEqual([
      {
        reference: 'registry.test/iris:1',
        digest,
        platforms: [
          { platform: 'linux/amd64', digest: expect.stringMatching(/^sha256:/) as string },
          { platform: 'linux/arm64', digest: expect.stringMatching(/^sha256:/) as string },
        ],
      },
    ]);
  });

  it('tells what the name of the model stood for', async () => {
    const ports = testPorts();
    ports.sources.origin = {
      ...{ uri: 'models:/iris@champion', pinnedUri: 'models:/iris/3', registeredName: 'iris' },
      ...{ registeredVersion: 3, runId: 'r1', modelId: 'm-1' },
    };
    const { answers } = await built({}, ports);
    expect(answers[0]!.json['model']).toEqual({
      ...{ uri: 'models:/iris@champion', pinnedUri: 'models:/iris/3', name: 'iris', version: 3 },
      ...{ modelId: 'm-1', runId: 'r1', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    });
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

  it('the folders of --find-links reach the context, and its pages the installers', async () => {
    const links = ['wheels', 'https://links.example/page', 'more'];
    const result = await built({ 'find-links': links });
    const wheels = result.request.context.entries.filter(({ path }) => path.startsWith('wheels/'));
    expect(wheels).toEqual([
      { path: `wheels/${WHEEL}`, content: { kind: 'file', source: `/home/me/wheels/${WHEEL}`, size: 7 } },
      {
        path: 'wheels/own-1.tar.gz',
        content: { kind: 'file', source: '/home/me/more/own-1.tar.gz', size: 9 },
      },
    ]);
    const dockerfile = dockerfileOf(result);
    for (const place of ['https://links.example/page', '/mnt/wheels'])
      expect(dockerfile.split(`--find-links ${place} `)).toHaveLength(4);
    expect(dockerfile).not.toContain('--no-index');
    expect(dockerfile).not.toContain('/home/me');
    expect(result.request.networkMode).toBeUndefined();
    await expect(built({ 'find-links': ['empty'] })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(built({ 'find-links': ['ftp://links.example'] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('--offline wants a folder, and names what it lacks', async () => {
    await expect(built({ offline: true })).rejects.toMatchObject({ code: 'USAGE' });
    const page = { offline: true, 'find-links': ['https://links.example/page'] } as const;
    await expect(built(page)).rejects.toMatchObject({ code: 'USAGE' });
    const lacking = built({ offline: true, 'find-links': ['wheels'] });
    await expect(lacking).rejects.toMatchObject({ code: 'WHEELS_MISSING' });
  });

  it('--offline has no network, unless --network names one', async () => {
    const needed = ['uv', 'h11', 'packaging', 'pyyaml', 'httptools', 'orjson', 'uvloop'];
    const runtime = (await testPorts().loadTemplates()).runtime['requirements.txt'] ?? '';
    const versions = [...runtime.matchAll(/^([a-z0-9]+)==(\S+?);?(?: |$)/gm)].map(
      ([, name, version]) => `${name!}-${version!}`,
    );
    const names = [
      `uv-${UV_VERSION}`,
      ...versions,
      'mlflow-3.17.2',
      'scikit_learn-1.9.1',
      'numpy-2',
      'pandas-2',
    ];
    expect(needed.filter((name) => !names.some((file) => file.startsWith(`${name}-`)))).toEqual([]);
    const wheels = Object.fromEntries(names.map((name) => [`${name}-py3-none-any.whl`, 1]));
    const offline = { offline: true, 'find-links': ['wheels'] } as const;
    const { request } = await built(offline, testPorts(), { folders: { wheels } });
    expect(request.networkMode).toBe('none');
    const network = await built({ ...offline, network: 'host' }, testPorts(), { folders: { wheels } });
    expect(network.request.networkMode).toBe('host');
    expect(dockerfileOf(network)).toContain('--offline');
  });

  it('SOURCE_DATE_EPOCH reaches the engine, when it is a time', async () => {
    const { request } = await built({}, testPorts(), {
      variables: { SOURCE_DATE_EPOCH: '1735689600' },
    });
    expect(request.sourceDateEpoch).toBe(1_735_689_600);
    expect((await built({})).request).not.toHaveProperty('sourceDateEpoch');
    for (const wrong of ['now', '-1', '1.5', '99999999999', ' 1'])
      await expect(built({}, testPorts(), { variables: { SOURCE_DATE_EPOCH: wrong } })).rejects.toMatchObject(
        { code: 'USAGE' },
      );
  });

  it('the options of the environment reach its files', async () => {
    const result = await built({
      requirement: ['scikit-learn==1.5.2', 'srv/extra.txt'],
      constraint: ['numpy<2'],
      'system-package': ['poppler-utils'],
      run: ['echo "$HOME"'],
      torch: 'cpu',
    });
    const requirements = textOf(result, 'requirements.txt').split('\n');
    expect(requirements).toEqual(expect.arrayContaining(['scikit-learn==1.5.2', 'nltk==3.9']));
    expect(requirements).toContain('--extra-index-url https://own.example/simple');
    expect(requirements.filter((line) => line.startsWith('scikit-learn'))).toHaveLength(1);
    expect(textOf(result, 'constraints.txt')).toBe('numpy<2\n');
    for (const text of [
      '  poppler-utils ',
      'RUN ["/bin/sh", "-ec", "echo \\"$HOME\\""]',
      '--torch-backend cpu',
    ])
      expect(dockerfileOf(result)).toContain(text);
  });

  it.each<TypedOptions>([
    { python: '3.12' },
    { requirement: ['./x.whl'] },
    { requirement: ['srv/large.txt'] },
    { 'env-manager': 'pipenv' },
    { 'conda-packages': 'keep' },
  ])('%j is refused', async (typed) => {
    await expect(built(typed)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('--python chooses the base', async () => {
    const python = built({ python: '3.12.1', 'base-image': undefined });
    // the engine of this test does not have it
    await expect(python).rejects.toMatchObject({
      message: expect.stringContaining('python:3.12.1-slim') as string,
    });
  });

  it('--pull asks the registry for the base although the engine has it', async () => {
    await expect(built({ pull: true })).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('--load-at-start leaves the model out', async () => {
    const { request } = await built({ 'load-at-start': true });
    expect(request.context.entries.map(({ path }) => path)).not.toContain('model/MLmodel');
  });

  it.each([{}, { 'load-at-start': true as const }])('--handler reaches the image (%j)', async (more) => {
    const result = await built({ handler: 'srv/My handler.py', ...more });
    expect(textOf(result, 'handler.py')).toBe(FILES['srv/My handler.py']);
    expect(JSON.parse(textOf(result, 'image.json'))).toMatchObject({ handler: 'handler.py' });
    expect(dockerfileOf(result)).toContain('COPY handler.py /opt/caisson/handler.py');
    // the name and folder of the file stay on this machine
    expect(JSON.stringify(result.request.context)).not.toContain('My handler');
  });

  it('--handler is refused when it is no Python file, before anything is asked of the engine', async () => {
    await expect(built({ handler: 'handler.txt' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('the self-test of build-image', () => {
  const startOf = ({ ports }: Built): ContainerSpec | undefined =>
    ports.engine.calls.find(({ method }) => method === 'start')?.argument as ContainerSpec | undefined;
  const selfTestOf = ({ answers }: Built): unknown => (answers[0]?.json as { selfTest?: unknown }).selfTest;

  it('comes after the build, with no network, and is in the answer', async () => {
    const result = await built({});
    expect(startOf(result)).toMatchObject({ networkMode: 'none', env: {} });
    expect(selfTestOf(result)).toEqual({
      ...{ outcome: 'passed', tested: 'now', loadSeconds: 1.25, memoryBytes: 100_000_000, requests: [] },
    });
  });

  it('is skipped with --no-self-test', async () => {
    const result = await built({ 'no-self-test': true });
    expect(startOf(result)).toBeUndefined();
    expect(selfTestOf(result)).toEqual({ outcome: 'skipped' });
  });

  it('has the freedom that the user gives it; what its variables hold is hidden', async () => {
    const result = await built({
      'self-test-network': 'bridge',
      'self-test-env': ['KEY=secret-1', 'NONE'],
      'self-test-memory': '2g',
    });
    expect(startOf(result)).toMatchObject({
      networkMode: 'bridge',
      env: { KEY: 'secret-1' },
      limits: { memoryBytes: 2 * 1024 ** 3, memorySwapBytes: 2 * 1024 ** 3 },
    });
    expect(result.hidden).toEqual(['secret-1']);
  });

  it('reads the requests before anything is built', async () => {
    const typed = { 'self-test': 'srv/My handler.py' };
    await expect(built(typed)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(built({ 'self-test-network': '--x' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('keeps an image that fails from being pushed', async () => {
    const ports = testPorts();
    ports.engine.programOfBuiltImages = () => ({ lines: [], end: { exitCode: 1 } });
    const failing = built({ push: true }, ports);
    await expect(failing).rejects.toMatchObject({ code: 'SELF_TEST_FAILED', exitCode: 8 });
  });
});
