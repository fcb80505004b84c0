import { describe, expect, it } from 'vitest';
import { run } from '../../../src/actions/run.ts';
import type { ContainerRequest, RunRequest, Served } from '../../../src/actions/run/request.ts';
import { CaissonError } from '../../../src/core/errors.ts';
import type { LogLine } from '../../../src/engine/port.ts';
import { parseImageReference } from '../../../src/model/image-reference.ts';
import { parsePlatform } from '../../../src/model/platform.ts';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import {
  dockerConfigOf,
  recordedWork,
  testPorts,
  type RecordedWork,
  type TestPorts,
} from '../../support/action-ports.ts';
import { rejection } from '../../support/errors.ts';
import type { FakeContainer, FakeProgram } from '../../support/fake-container.ts';
import { localTag } from '../../../src/commands/local-tag.ts';
import { BASE_IMAGE, buildRequest } from '../../support/requests.ts';

const READY: LogLine = {
  stream: 'stderr',
  line: 'caisson ready {"port":5001,"model_uri":"x","load_seconds":1.25}',
};
const LABELS = { 'io.caisson.version': '1.2.3' };
const interrupted = new CaissonError('INTERRUPTED', 'interrupted');

const CONTAINER: ContainerRequest = {
  confinement: {},
  labels: {},
  extraHosts: [],
  ports: [],
  env: {},
  volumes: [],
  mode: 'foreground',
  atEnd: 'keep',
  afterStop: 'remove',
  readyTimeoutMs: 2000,
  tracking: { trackingUri: undefined, credentials: { kind: 'none' } },
};

interface Scene {
  readonly ports: TestPorts;
  readonly work: RecordedWork;
  readonly announced: Served[];
  readonly go: (container?: Partial<ContainerRequest>, target?: RunRequest['target']) => Promise<void>;
}

function scene(program: FakeProgram, labels: Readonly<Record<string, string>> = LABELS): Scene {
  const ports = testPorts();
  ports.engine.addImage('iris:1', { labels, program: () => program, exposedPorts: ['5001/tcp'] });
  ports.engine.programOfBuiltImages = () => program;
  const work = recordedWork();
  const announced: Served[] = [];
  const image = {
    kind: 'image',
    image: { reference: parseImageReference('iris:1'), pull: 'missing' },
  } as const;
  return {
    ports,
    work,
    announced,
    go: (container = {}, target = image) =>
      run(
        { target, container: { ...CONTAINER, ...container } },
        {
          ...ports,
          buildPorts: () => Promise.resolve(ports),
          announce: (served) => announced.push(served),
        },
        work,
      ),
  };
}

const SERVES: FakeProgram = { lines: [READY], end: 'when-stopped' };
const startOf = ({ ports }: Scene): FakeContainer['spec'] =>
  ports.engine.calls.find(({ method }) => method === 'start')?.argument as FakeContainer['spec'];
const notes = ({ work }: Scene): string[] =>
  work.events.flatMap((event) => (event.type === 'note' ? [event.message] : []));

async function untilAnnounced(played: Scene): Promise<void> {
  await expect.poll(() => played.announced.length).toBe(1);
}

describe('run -d', () => {
  it('waits until the server is ready, announces its URL, leaves it running', async () => {
    const played = scene(SERVES);
    await played.go({ mode: 'detached', confinement: { name: 'my-iris' } });
    expect(played.announced).toEqual([
      {
        ...{ url: 'http://127.0.0.1:5001', containerId: expect.any(String), containerName: 'my-iris' },
        ...{ image: 'iris:1', loadSeconds: 1.25 },
      },
    ]);
    expect([...played.ports.engine.containers.values()].map(({ ending }) => ending)).toEqual([undefined]);
    expect(startOf(played)).toMatchObject({
      atEnd: 'keep',
      ports: [{ hostAddress: '127.0.0.1', hostPort: 5001, containerPort: 5001 }],
    });
  });

  it('--rm leaves the removal to the engine', async () => {
    const played = scene(SERVES);
    await played.go({ mode: 'detached', atEnd: 'remove' });
    expect(startOf(played).atEnd).toBe('remove');
  });

  it('leaves nothing behind when the container fails, unless it is to be kept', async () => {
    const dies: FakeProgram = { lines: [{ stream: 'stderr', line: 'no memory' }], end: { exitCode: 3 } };
    const removed = scene(dies);
    expect((await rejection(removed.go({ mode: 'detached' }))).code).toBe('CONTAINER_FAILED');
    expect(removed.ports.engine.containers.size).toBe(0);
    const kept = scene(dies);
    await rejection(kept.go({ mode: 'detached', afterStop: 'keep' }));
    expect(kept.ports.engine.containers.size).toBe(1);
  });
});

describe('run in the foreground', () => {
  it('follows the log, and stops and removes the container when it is interrupted', async () => {
    const played = scene(SERVES);
    const running = rejection(played.go());
    await untilAnnounced(played);
    const [container] = played.ports.engine.containers.values();
    container?.write({ stream: 'stdout', line: 'POST /predict' });
    await expect.poll(() => played.work.events.at(-1)).toMatchObject({ line: 'POST /predict' });
    played.work.abort(interrupted);
    expect(await running).toBe(interrupted);
    expect(container).toMatchObject({ ending: { exitCode: 143 }, graceSeconds: 10 });
    expect(played.ports.engine.containers.size).toBe(0);
  });

  it('stops and keeps it with --keep', async () => {
    const played = scene(SERVES);
    const running = rejection(played.go({ afterStop: 'keep' }));
    await untilAnnounced(played);
    played.work.abort(interrupted);
    await running;
    expect([...played.ports.engine.containers.values()].map(({ ending }) => ending?.exitCode)).toEqual([143]);
  });

  it('ends without an error when the container ends without one, and removes it', async () => {
    const played = scene(SERVES);
    const running = played.go();
    await untilAnnounced(played);
    [...played.ports.engine.containers.values()][0]?.end({ exitCode: 0 });
    await running;
    expect(played.ports.engine.containers.size).toBe(0);
  });

  it('fails with the exit code and the last lines when the container fails while serving', async () => {
    const played = scene(SERVES);
    const running = rejection(played.go());
    await untilAnnounced(played);
    const [container] = played.ports.engine.containers.values();
    container?.write({ stream: 'stderr', line: 'segmentation fault' });
    container?.end({ exitCode: 139 });
    expect(await running).toMatchObject({
      code: 'CONTAINER_FAILED',
      message: 'the container ended while it was serving (exit code 139)',
      detail: `${READY.line}\nsegmentation fault`,
    });
  });

  it('fails with what the server says when it gives up while it is serving', async () => {
    const played = scene(SERVES);
    const running = rejection(played.go());
    await untilAnnounced(played);
    const [container] = played.ports.engine.containers.values();
    const reason = '5 workers died within 60 s; the last one was killed by SIGKILL (out of memory?)';
    container?.write({ stream: 'stderr', line: `caisson failed: ${reason}` });
    container?.end({ exitCode: 1, outOfMemory: true });
    expect(await running).toMatchObject({
      message: `the container failed: ${reason} (exit code 1)`,
      hint: expect.stringContaining('MLFLOW_MODELS_WORKERS=1'),
    });
  });

  it('takes an end without an error for one although a process of the server had run out of memory', async () => {
    const played = scene(SERVES);
    const running = played.go();
    await untilAnnounced(played);
    [...played.ports.engine.containers.values()][0]?.end({ exitCode: 0, outOfMemory: true });
    await running;
    expect(played.ports.engine.containers.size).toBe(0);
  });

  it('passes lines of JSON on as they are, and finds the report between them', async () => {
    const note = '{"time": "2025-01-01T00:00:00Z", "event": "note", "message": "caisson failed: no"}';
    const request = '{"event": "request", "id": "1", "path": "/predict", "status": 200, "seconds": 0.001}';
    const played = scene({ lines: [{ stream: 'stderr', line: note }, READY], end: 'when-stopped' });
    const running = played.go();
    await untilAnnounced(played);
    expect(played.announced[0]).toMatchObject({ url: 'http://127.0.0.1:5001', loadSeconds: 1.25 });
    const [container] = played.ports.engine.containers.values();
    container?.write({ stream: 'stderr', line: request });
    container?.end({ exitCode: 0 });
    await running;
    const lines = played.work.events.flatMap((event) => (event.type === 'container.log' ? [event.line] : []));
    expect(lines).toEqual([note, READY.line, request]);
  });

  it('can be interrupted before the server is ready, and leaves nothing', async () => {
    const played = scene({ lines: [], end: 'when-stopped' });
    const running = rejection(played.go());
    await expect.poll(() => played.ports.engine.containers.size).toBe(1);
    const [container] = played.ports.engine.containers.values();
    played.work.abort(interrupted);
    expect(await running).toBe(interrupted);
    expect(container?.graceSeconds).toBe(2);
    expect(played.ports.engine.containers.size).toBe(0);
    expect(played.announced).toEqual([]);
  });
});

describe('a container that does not become ready', () => {
  it('fails with what the server said, its exit code and its last 20 lines', async () => {
    const lines = Array.from({ length: 30 }, (_, n): LogLine => ({ stream: 'stderr', line: `line ${n}` }));
    const failed: LogLine = { stream: 'stderr', line: 'caisson failed: no module named sklearn' };
    const error = await rejection(scene({ lines: [...lines, failed], end: { exitCode: 1 } }).go());
    expect(error.message).toBe('the container failed: no module named sklearn (exit code 1)');
    expect(error.detail?.split('\n')).toHaveLength(20);
    expect(error.detail).toMatch(/line 29\ncaisson failed: no module named sklearn$/);
  });

  it('knows what a refused Host header means', async () => {
    const line = "caisson failed: 403 'Invalid Host header - possible DNS rebinding attack detected'";
    const error = await rejection(scene({ lines: [{ stream: 'stderr', line }], end: { exitCode: 1 } }).go());
    expect(error.hint).toContain("--allowed-hosts 'host.docker.internal:*");
  });

  it('knows what a program for another platform is', async () => {
    const line = 'exec /opt/venv/bin/python: exec format error';
    const error = await rejection(scene({ lines: [{ stream: 'stderr', line }], end: { exitCode: 1 } }).go());
    expect(error.hint).toContain('--platform');
  });

  it.each([
    'botocore.exceptions.NoCredentialsError: Unable to locate credentials',
    'google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found',
    'caisson failed: API request to endpoint /api/2.0/mlflow/runs/get failed with error code 401 != 200 (api/2.0/mlflow)',
  ])('knows what lacking credentials are: %s', async (line) => {
    const error = await rejection(scene({ lines: [{ stream: 'stderr', line }], end: { exitCode: 1 } }).go());
    expect(error.hint).toContain('-e AWS_ACCESS_KEY_ID');
  });

  it('tells when the memory was not enough', async () => {
    const error = await rejection(scene({ lines: [], end: { exitCode: 137, outOfMemory: true } }).go());
    expect(error.message).toBe('the container ran out of memory (exit code 137)');
  });

  it('fails when it takes too long', async () => {
    const played = scene({ lines: [{ stream: 'stdout', line: 'loading' }], end: 'when-stopped' });
    const error = await rejection(played.go({ readyTimeoutMs: 50 }));
    expect(error).toMatchObject({
      code: 'CONTAINER_FAILED',
      message: 'the container is not ready after 0.05 s',
      detail: 'loading',
      hint: 'give it more time with --ready-timeout SECONDS',
    });
    expect(played.ports.engine.containers.size).toBe(0);
  });
});

describe('what is published', () => {
  it('is what -p says; the URL is that of the port that the server listens on', async () => {
    const played = scene(SERVES);
    const other = { hostAddress: '', hostPort: 9000, containerPort: 9000, protocol: 'tcp' } as const;
    const server = { hostAddress: '', hostPort: 0, containerPort: 5001, protocol: 'tcp' } as const;
    await played.go({ mode: 'detached', ports: [other, server] });
    expect(played.announced[0]?.url).toBe('http://127.0.0.1:49154');
  });

  it('has no URL when the port of the server is not published, and says so', async () => {
    const played = scene(SERVES);
    const other = { hostAddress: '', hostPort: 9000, containerPort: 9000, protocol: 'tcp' } as const;
    await played.go({ mode: 'detached', ports: [other] });
    expect(played.announced[0]).not.toHaveProperty('url');
    expect(played.work.events).toContainEqual(
      expect.objectContaining({ type: 'warning', hint: 'publish it with -p 5001:5001' }),
    );
  });

  it('is the port that PORT moves the server to', async () => {
    const played = scene({ ...SERVES, lines: [{ stream: 'stderr', line: 'caisson ready {"port":8000}' }] });
    await played.go({ mode: 'detached', env: { PORT: '8000' } });
    expect(startOf(played).ports).toMatchObject([{ hostPort: 5001, containerPort: 8000 }]);
    expect(played.announced[0]?.url).toBe('http://127.0.0.1:5001');
  });

  it('is that of the server itself when PORT is empty', async () => {
    const played = scene(SERVES);
    await played.go({ mode: 'detached', env: { PORT: '' } });
    expect(startOf(played).ports).toMatchObject([{ hostPort: 5001, containerPort: 5001 }]);
  });

  it('is reached at the host of a remote engine; loopback there is a warning', async () => {
    const played = scene(SERVES);
    played.ports.engine.description = { ...played.ports.engine.description, publishedHost: 'gpu.test' };
    await played.go({ mode: 'detached' });
    expect(played.announced[0]?.url).toBe('http://gpu.test:5001');
    expect(played.work.events).toContainEqual(
      expect.objectContaining({ type: 'warning', hint: 'publish it to be reached from here: -p 5001:5001' }),
    );
  });

  it('must be free', async () => {
    const played = scene(SERVES);
    await played.go({ mode: 'detached' });
    expect((await rejection(played.go({ mode: 'detached' }))).code).toBe('PORT_IN_USE');
  });
});

describe('a network of somebody else', () => {
  const networked = (networkMode: string): Partial<ContainerRequest> => ({
    mode: 'detached',
    confinement: { networkMode },
  });

  it('publishes nothing; in that of the host the port of the server is one of the host', async () => {
    const played = scene(SERVES);
    await played.go(networked('host'));
    expect(startOf(played)).toMatchObject({ networkMode: 'host', ports: [] });
    expect(played.announced[0]?.url).toBe('http://127.0.0.1:5001');
  });

  it.each(['none', 'container:db'])('%s has no URL, and -p there is a warning', async (networkMode) => {
    const played = scene(SERVES);
    const binding = { hostAddress: '', hostPort: 9000, containerPort: 5001, protocol: 'tcp' } as const;
    await played.go({ ...networked(networkMode), ports: [binding] });
    expect(startOf(played).ports).toEqual([]);
    expect(played.announced[0]).not.toHaveProperty('url');
    expect(played.work.events).toContainEqual(
      expect.objectContaining({ type: 'warning', message: expect.stringContaining('-p does nothing') }),
    );
  });

  it('of a name publishes as usual', async () => {
    const played = scene(SERVES);
    await played.go(networked('backend'));
    expect(startOf(played).ports).toMatchObject([{ hostPort: 5001 }]);
  });
});

describe('another entry point', () => {
  it('has nothing to wait for but its first moment', async () => {
    const played = scene({ lines: [], end: 'when-stopped' });
    await played.go({ mode: 'detached', confinement: { entrypoint: 'sh' } });
    expect(notes(played)[0]).toContain('--entrypoint takes the place of the server');
    expect(startOf(played).entrypoint).toBe('sh');
  });
});

describe('the line to try it with', () => {
  it('sends the example of the model that the server loaded', async () => {
    const files = {
      '/opt/ml/model/serving_input_example.json': '{"inputs": [["of another model"]]}',
      '/tmp/loaded/serving_input_example.json': '{"inputs": [[1.0, 2]]}',
    };
    const line = 'caisson ready {"port":5001,"model_folder":"/tmp/loaded"}';
    const played = scene({ lines: [{ stream: 'stderr', line }], end: 'when-stopped', files });
    await played.go({ mode: 'detached' });
    expect(notes(played)).toEqual([
      `try it:\ncurl -X POST -H 'Content-Type: application/json' -d '{"inputs":[[1.0,2]]}' http://127.0.0.1:5001/invocations`,
    ]);
  });
});

describe('the environment of the container', () => {
  it('is proxies, overruled by what the user gives', async () => {
    const played = scene(SERVES);
    const dockerConfig = dockerConfigOf({}, { proxies: { HTTP_PROXY: 'http://p', NO_PROXY: 'a' } });
    Object.assign(played.ports, { dockerConfig });
    await played.go({ mode: 'detached', env: { HTTP_PROXY: 'mine' } });
    expect(startOf(played).env).toEqual({ HTTP_PROXY: 'mine', NO_PROXY: 'a' });
  });

  const tracking = {
    trackingUri: 'http://localhost:5000',
    credentials: { kind: 'basic', username: 'ann', password: 'pw-1' },
  } as const;

  it('has the tracking server and its login only in an image that loads its model at start', async () => {
    const baked = scene(SERVES);
    await baked.go({ mode: 'detached', tracking });
    expect(startOf(baked)).toMatchObject({ env: {}, extraHosts: [] });
    const loading = scene(SERVES, { ...LABELS, 'io.caisson.model.source': 'load-at-start' });
    await loading.go({ mode: 'detached', tracking });
    expect(startOf(loading)).toMatchObject({
      env: {
        MLFLOW_TRACKING_URI: 'http://host.docker.internal:5000',
        MLFLOW_TRACKING_USERNAME: 'ann',
        MLFLOW_TRACKING_PASSWORD: 'pw-1',
      },
      extraHosts: ['host.docker.internal:host-gateway'],
    });
    expect(notes(loading)[0]).toContain('--allowed-hosts');
  });
});

describe('the image', () => {
  it('is pulled when it is missing', async () => {
    const played = scene(SERVES);
    const registry = played.ports.engine.addRegistry('docker.io');
    registry.put(
      'other:1',
      played.ports.engine.addImage('iris:1', { labels: LABELS, program: () => SERVES }),
    );
    const image = { reference: parseImageReference('other:1'), pull: 'missing' } as const;
    await played.go({ mode: 'detached' }, { kind: 'image', image });
    expect(played.work.steps()).toContain('pulling other:1');
  });

  it('is pulled for the platform that was asked, whatever is held under the name', async () => {
    const played = scene(SERVES);
    const platform = parsePlatform('linux/arm64');
    const registry = played.ports.engine.addRegistry('docker.io');
    const foreign = { labels: LABELS, program: () => SERVES, platform };
    registry.put('iris:1', played.ports.engine.addImage('elsewhere', foreign));
    const image = { reference: parseImageReference('iris:1'), platform, pull: 'missing' } as const;
    await played.go({ mode: 'detached', platform }, { kind: 'image', image });
    expect(played.work.steps()).toContain('pulling iris:1');
    expect(startOf(played).platform).toEqual(platform);
    expect(notes(played)[0]).toContain('programs for linux/arm64 run slowly');
    const other = { ...image, platform: parsePlatform('linux/s390x') };
    expect(await rejection(played.go({}, { kind: 'image', image: other }))).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: "image 'iris:1' for linux/s390x is not in the engine",
      hint: 'in its registry it is for linux/arm64',
    });
  });

  it('that nobody has is an error that thinks of a mistyped model', async () => {
    const image = { reference: parseImageReference('typo'), pull: 'missing' } as const;
    const error = await rejection(scene(SERVES).go({}, { kind: 'image', image }));
    expect(error).toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      message: expect.stringMatching(/^image 'typo:latest' is not in the engine and cannot be pulled: /),
      hint: expect.stringContaining('./model'),
    });
  });

  it('of a model is built first, under a tag of its content', async () => {
    const played = scene(SERVES);
    played.ports.engine.addImage(BASE_IMAGE);
    const build = buildRequest({ tags: (prepared) => [localTag(prepared)] });
    await played.go({ mode: 'detached' }, { kind: 'model', build });
    expect(played.announced[0]?.image).toBe('caisson-local/iris-model:9afb9afb9afb');
    expect(played.ports.sources).toMatchObject({ borrowed: 1, disposed: 1 });
  });

  it('of a model with a handler has a tag of both contents', async () => {
    const played = scene(SERVES);
    played.ports.engine.addImage(BASE_IMAGE);
    const handler = 'def pre(inputs):\n    return inputs\n';
    const request = buildRequest({ handler, tags: (prepared) => [localTag(prepared)] });
    const image = { ...request.image, handlerSha256: handlerDigest(handler) };
    await played.go({ mode: 'detached' }, { kind: 'model', build: { ...request, image } });
    const tag = `9afb9afb9afb-${handlerDigest(handler).slice(0, 12)}`;
    expect(played.announced[0]?.image).toBe(`caisson-local/iris-model:${tag}`);
  });

  it('that caisson did not build is taken as ready when it lives', async () => {
    const played = scene({ lines: [], end: 'when-stopped' }, {});
    await played.go({ mode: 'detached' });
    expect(played.announced[0]?.url).toBe('http://127.0.0.1:5001');
    expect(notes(played)[0]).toContain('did not build this image');
    const dying = scene({ lines: [{ stream: 'stdout', line: 'bye' }], end: { exitCode: 1 } }, {});
    expect(await rejection(dying.go({ mode: 'detached' }))).toMatchObject({
      code: 'CONTAINER_FAILED',
      detail: 'bye',
    });
  });
});
