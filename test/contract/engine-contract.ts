import { basename, dirname } from 'node:path/posix';
import { afterEach, describe, expect, it } from 'vitest';
import { isCaissonError, type CaissonError } from '../../src/core/errors.ts';
import type {
  BuildRequest,
  ContainerSpec,
  Engine,
  LogLine,
  RunningContainer,
  WorkContext,
} from '../../src/engine/port.ts';
import { formatImageReference, type ImageReference } from '../../src/model/image-reference.ts';
import type { Builder } from '../../src/plan/image-plan.ts';
import type { RegistryCredentials } from '../../src/model/registry-credentials.ts';
import { RecordingStep } from '../support/recording-step.ts';

/** What containers of the contract do; each implementation has its own way of doing it. */
export type Program = 'speak-and-end' | 'run-until-stopped' | 'write-file' | 'try-limits';

/** Commands that containers of the contract are asked to run beside their program. */
export type Command = 'echo-back' | 'speak-and-fail' | 'never-end' | 'say-much';

export interface ContractSubject {
  readonly engine: Engine;
  readonly baseImage: string;
  /** Host of a registry that takes everything. */
  readonly registry: string;
  readonly authRegistry: string;
  readonly login: RegistryCredentials[string];
  readonly builders: readonly Builder[];
  /** A file of the base image, and words that it holds. */
  readonly imageFile: { readonly path: string; readonly words: string };
  /** The image and command of a container that runs the program. */
  program(program: Program): Pick<ContainerSpec, 'image' | 'command'>;
  argv(command: Command): readonly string[];
  /** Unique words for names and tags. */
  unique(): string;
  /** Ports of this machine that nothing uses. */
  freePort(): Promise<number>;
}

/** What every Engine promises: run on the fake, whose users rely on it, and on a real engine. */
export function engineContract(subject: () => ContractSubject): void {
  const started: RunningContainer[] = [];
  const work = (signal = new AbortController().signal): WorkContext & { step: RecordingStep } => ({
    step: new RecordingStep(),
    signal,
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((container) => container.remove()));
  });

  function buildRequest(dockerfile: readonly string[], change: Partial<BuildRequest> = {}): BuildRequest {
    const { baseImage } = subject();
    return {
      builder: 'classic',
      context: { entries: [{ path: 'Dockerfile', content: text([`FROM ${baseImage}`, ...dockerfile]) }] },
      tags: [],
      buildArgs: {},
      labels: {},
      cache: 'use',
      credentials: {},
      ...change,
    };
  }

  function spec(program: Program, change: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      ...subject().program(program),
      env: {},
      ports: [],
      volumes: [],
      labels: {},
      atEnd: 'keep',
      extraHosts: [],
      ...change,
    };
  }

  async function start(request: ContainerSpec): Promise<RunningContainer> {
    const container = await subject().engine.start(request);
    started.push(container);
    return container;
  }

  function reference(registry = subject().registry): ImageReference {
    return { registry, repository: `contract/${subject().unique()}`, tag: '1' };
  }

  async function built(tag: ImageReference): Promise<string> {
    const request = buildRequest([`LABEL contract=${subject().unique()}`], { tags: [tag] });
    return (await subject().engine.build(request, work())).imageId;
  }

  it('describes itself', async () => {
    const description = await subject().engine.describe();
    expect(description.version).not.toBe('');
    expect(description.apiVersion).toMatch(/^1\.\d+$/);
    expect(description.builders).toEqual(expect.arrayContaining([...subject().builders]));
    expect(description.publishedHost).toBe('127.0.0.1');
  });

  describe('build', () => {
    const builders: readonly Builder[] = ['buildkit', 'classic'];

    it.each(builders)('%s builds, labels and tags', async (builder) => {
      const tags = [reference(), { ...reference(), tag: 'two' }];
      const { step, signal } = work();
      const request = buildRequest(['LABEL from=dockerfile', 'RUN echo hello from the step', 'EXPOSE 5001'], {
        builder,
        tags,
        labels: { 'io.caisson.test': 'a "b" $c' },
        cache: 'ignore',
      });
      const { imageId } = await subject().engine.build(request, { step, signal });
      expect(imageId).toMatch(/^sha256:[a-f0-9]{64}$/);
      for (const tag of tags) {
        const image = await subject().engine.inspectImage(formatImageReference(tag));
        expect(image?.imageId).toBe(imageId);
        expect(image?.labels).toMatchObject({ from: 'dockerfile', 'io.caisson.test': 'a "b" $c' });
        expect(image?.exposedPorts).toEqual(['5001/tcp']);
        expect(image?.size).toBeGreaterThan(0);
        expect(image?.layers.length).toBeGreaterThan(0);
        for (const layer of image?.layers ?? []) expect(layer).toMatch(/^sha256:[a-f0-9]{64}$/);
      }
      expect(step.lines).toContain('hello from the step');
    });

    it.each(builders)('%s tells which step failed, its command and its last lines', async (builder) => {
      const request = buildRequest(['RUN echo about to fail; exit 7'], { builder, tags: [reference()] });
      const error = await failure(subject().engine.build(request, work()));
      expect(error.code).toBe('BUILD_FAILED');
      expect(error.message).toContain('RUN echo about to fail; exit 7');
      expect(error.message).toContain('exit code 7');
      expect(error.detail).toContain('RUN echo about to fail; exit 7');
      expect(error.detail?.split('\n')).toContain('about to fail');
    });

    it.each(builders)('%s names a base image that cannot be had', async (builder) => {
      const base = `${subject().registry}/contract/no-such-base:1`;
      const request = buildRequest([], {
        builder,
        context: { entries: [{ path: 'Dockerfile', content: text([`FROM ${base}`]) }] },
      });
      const error = await failure(subject().engine.build(request, work()));
      expect(error.code).toBe('IMAGE_NOT_FOUND');
      expect(error.message).toContain(`'${base}'`);
    });

    it.each(builders)('%s does not begin when it is interrupted already', async (builder) => {
      const tag = reference();
      const request = buildRequest([], { builder, tags: [tag] });
      const error = await failure(subject().engine.build(request, work(AbortSignal.abort())));
      expect(error.code).toBe('INTERRUPTED');
      expect(await subject().engine.inspectImage(formatImageReference(tag))).toBeUndefined();
    });
  });

  describe('images', () => {
    it('does not know an image that is not there', async () => {
      expect(await subject().engine.inspectImage('contract/no-such-image:1')).toBeUndefined();
    });

    it('reads a file of an image without running it', async () => {
      const { image } = subject().program('write-file');
      const file = { path: subject().imageFile.path, maxBytes: 1_000_000 };
      const { engine, imageFile } = subject();
      expect((await engine.readImageFiles(image, file)).get('')).toContain(imageFile.words);
      expect((await engine.readImageFiles(image, { ...file, maxBytes: 3 })).size).toBe(0);
      expect((await engine.readImageFiles(image, { ...file, path: '/none' })).size).toBe(0);
    });

    it('reads the wanted files of a folder of an image', async () => {
      const { image } = subject().program('write-file');
      const { engine, imageFile } = subject();
      const path = dirname(imageFile.path);
      const name = basename(imageFile.path);
      const wanted = { path, maxBytes: 1_000_000, only: new RegExp(`^${name}$`) };
      const found = await engine.readImageFiles(image, wanted);
      expect([...found.keys()]).toEqual([name]);
      expect(found.get(name)).toContain(imageFile.words);
      expect((await engine.readImageFiles(image, { ...wanted, only: /^none$/ })).size).toBe(0);
    });

    it('reads nothing of an image that is not there', async () => {
      const file = { path: '/usr/lib/os-release', maxBytes: 100 };
      const error = await failure(subject().engine.readImageFiles(`sha256:${'0'.repeat(64)}`, file));
      expect(error.code).toBe('IMAGE_NOT_FOUND');
    });

    it('removes an image with its names, once', async () => {
      const tag = reference();
      const { engine } = subject();
      const { imageId } = await engine.build(buildRequest(['LABEL to-be=removed'], { tags: [tag] }), work());
      await engine.removeImage(imageId);
      expect(await engine.inspectImage(formatImageReference(tag))).toBeUndefined();
      await engine.removeImage(imageId);
    });

    it('removes one of the names of an image, and the image with the last', async () => {
      const tags = [reference(), reference()];
      const [first = '', second = ''] = tags.map(formatImageReference);
      const { engine } = subject();
      const { imageId } = await engine.build(buildRequest(['LABEL two=names'], { tags }), work());
      await engine.removeImage(first);
      expect(await engine.inspectImage(first)).toBeUndefined();
      expect((await engine.inspectImage(second))?.imageId).toBe(imageId);
      await engine.removeImage(second);
      expect(await engine.inspectImage(imageId)).toBeUndefined();
      await engine.removeImage(second);
    });

    it('tells for which platform it is and an image is', async () => {
      const tag = reference();
      const { engine } = subject();
      const { platform } = await engine.describe();
      await engine.build(buildRequest([], { tags: [tag], platform }), work());
      expect((await engine.inspectImage(formatImageReference(tag)))?.platform).toEqual(platform);
    });

    it('does not push an image that is not there', async () => {
      const error = await failure(subject().engine.push({ reference: reference(), credentials: {} }, work()));
      expect(error.code).toBe('IMAGE_NOT_FOUND');
    });

    it('tells which registry refuses the login, and how to log in', async () => {
      const { authRegistry, engine } = subject();
      const tag = reference(authRegistry);
      await built(tag);
      for (const login of [{}, { [authRegistry]: { username: 'caisson', password: 'wrong' } }]) {
        const error = await failure(engine.push({ reference: tag, credentials: login }, work()));
        expect(error.code).toBe('REGISTRY_DENIED');
        expect(error.message).toContain(`'${authRegistry}'`);
        expect(error.hint).toContain(`docker login ${authRegistry}`);
      }
    });

    it('pushes and pulls with a login', async () => {
      const { authRegistry, engine, login } = subject();
      const tag = reference(authRegistry);
      await built(tag);
      const credentials = { [authRegistry]: login };
      expect((await engine.push({ reference: tag, credentials }, work())).digest).toMatch(/^sha256:/);
      await engine.pull({ reference: tag, credentials }, work());
      const error = await failure(engine.pull({ reference: tag, credentials: {} }, work()));
      expect(error.code).toBe('REGISTRY_DENIED');
    });

    it('names a registry that cannot be reached', async () => {
      const host = `localhost:${await subject().freePort()}`;
      const tag = reference(host);
      await built(tag);
      const error = await failure(subject().engine.push({ reference: tag, credentials: {} }, work()));
      expect(error.code).toBe('REGISTRY_FAILED');
      expect(error.message).toContain(`'${host}'`);
    });

    it('does not pull what the registry does not have', async () => {
      const tag = reference();
      const error = await failure(subject().engine.pull({ reference: tag, credentials: {} }, work()));
      expect(error.code).toBe('IMAGE_NOT_FOUND');
      expect(error.message).toContain(formatImageReference(tag));
    });

    it('does not begin when it is interrupted already', async () => {
      const request = { reference: reference(), credentials: {} };
      const stopped = AbortSignal.abort();
      expect((await failure(subject().engine.push(request, work(stopped)))).code).toBe('INTERRUPTED');
      expect((await failure(subject().engine.pull(request, work(stopped)))).code).toBe('INTERRUPTED');
    });
  });

  describe('containers', () => {
    it.each(['keep', 'remove'] as const)(
      'has all lines and the exit code of a short one (%s)',
      async (atEnd) => {
        const container = await start(spec('speak-and-end', { atEnd }));
        const lines = await collect(container.logs(new AbortController().signal));
        expect(lines.filter(({ stream }) => stream === 'stdout').map(({ line }) => line)).toEqual([
          'one',
          'zwei ü',
        ]);
        expect(lines.filter(({ stream }) => stream === 'stderr').map(({ line }) => line)).toEqual(['oops']);
        expect(await container.wait()).toEqual({ exitCode: 3, outOfMemory: false });
      },
    );

    it('keeps the log of an ended container, from its first line', async () => {
      const container = await start(spec('speak-and-end'));
      await container.wait();
      expect(await collect(container.logs(new AbortController().signal))).toHaveLength(3);
      expect(await collect(container.logs(new AbortController().signal))).toHaveLength(3);
    });

    it.each(['keep', 'remove'] as const)('stops one that runs (%s)', async (atEnd) => {
      const container = await start(spec('run-until-stopped', { atEnd }));
      const lines = container.logs(new AbortController().signal)[Symbol.asyncIterator]();
      expect((await lines.next()).value).toEqual({ stream: 'stdout', line: 'started' });
      await container.stop(10);
      expect((await lines.next()).done).toBe(true);
      expect((await container.wait()).exitCode).toBe(143);
      await container.stop(1);
      await container.remove();
      await container.remove();
    });

    it.each(['keep', 'remove'] as const)('stops following the log when told to (%s)', async (atEnd) => {
      const container = await start(spec('run-until-stopped', { atEnd }));
      for (let time = 0; time < 2; time += 1) {
        const controller = new AbortController();
        const seen: LogLine[] = [];
        for await (const line of container.logs(controller.signal)) {
          seen.push(line);
          controller.abort();
        }
        expect(seen).toEqual([{ stream: 'stdout', line: 'started' }]);
      }
      expect(await collect(container.logs(AbortSignal.abort()))).toEqual([]);
    });

    it('removes one that runs', async () => {
      const container = await start(spec('run-until-stopped'));
      await container.remove();
      expect((await container.wait()).exitCode).toBe(137);
    });

    it('publishes ports, and names who has one', async () => {
      const hostPort = await subject().freePort();
      const binding = { hostAddress: '127.0.0.1', hostPort, containerPort: 5001, protocol: 'tcp' } as const;
      const free = { hostAddress: '', hostPort: 0, containerPort: 5002, protocol: 'tcp' } as const;
      const first = await start(spec('run-until-stopped', { ports: [binding, free] }));
      expect(first.ports).toContainEqual(binding);
      const other = first.ports.find(({ containerPort }) => containerPort === 5002);
      expect(other?.hostPort).toBeGreaterThan(0);
      expect(first.ports).toHaveLength(2);

      const name = `contract-${subject().unique()}`;
      const error = await failure(start(spec('run-until-stopped', { name, ports: [binding] })));
      expect(error.code).toBe('PORT_IN_USE');
      expect(error.message).toContain(`port ${hostPort}`);
      expect(error.message).toContain(`'${first.name}'`);
      // What could not start is gone, so that its name is free.
      await start(spec('run-until-stopped', { name }));
    });

    it('refuses a name that is taken', async () => {
      const name = `contract-${subject().unique()}`;
      const first = await start(spec('run-until-stopped', { name }));
      expect(first.name).toBe(name);
      const error = await failure(start(spec('run-until-stopped', { name })));
      expect(error.code).toBe('NAME_IN_USE');
      expect(error.message).toContain(`'${name}'`);
    });

    it('does not start an image that is not there', async () => {
      const error = await failure(start(spec('run-until-stopped', { image: 'contract/no-such-image:1' })));
      expect(error.code).toBe('IMAGE_NOT_FOUND');
      expect(error.message).toContain("'contract/no-such-image:1'");
    });

    it('reads a small file, running or ended', async () => {
      const container = await start(spec('write-file'));
      await container.wait();
      expect(await container.readFile('/tmp/answer', 100)).toBe('forty-two ü\n');
      expect(await container.readFile('/tmp/answer', 5)).toBeUndefined();
      expect(await container.readFile('/tmp/none', 100)).toBeUndefined();
      expect(await container.readFile('/tmp', 100)).toBeUndefined();
    });

    it('takes away what it is told to', async () => {
      const limits = {
        networkMode: 'none',
        rootFileSystem: 'read-only',
        tmpfs: { '/tmp': 'rw,size=1m' },
        capDrop: ['ALL'],
        securityOptions: ['no-new-privileges'],
        limits: { memoryBytes: 64 * 1024 * 1024, memorySwapBytes: 64 * 1024 * 1024 },
      } as const;
      const container = await start(spec('try-limits', limits));
      const lines = await collect(container.logs(new AbortController().signal));
      expect(lines.map(({ line }) => line)).toEqual([
        'interfaces: lo',
        'root: read-only',
        'tmp: writable',
        'capabilities: 0000000000000000',
        'new privileges: 1',
      ]);
    });
  });

  describe('commands in a container', () => {
    const never = new AbortController().signal;
    const command = (name: Command, stdin = ''): { argv: readonly string[]; stdin: string } => ({
      argv: subject().argv(name),
      stdin,
    });

    it('get their stdin, to its end', async () => {
      const container = await start(spec('run-until-stopped'));
      const stdin = `one\nzwei ü\n${'x'.repeat(300_000)}`;
      const result = await container.exec(command('echo-back', stdin), never);
      expect(result).toEqual({ exitCode: 0, stdout: stdin, stderr: '' });
    });

    it('tell stdout, stderr and exit code apart, and leave the container alone', async () => {
      const container = await start(spec('run-until-stopped'));
      const result = await container.exec(command('speak-and-fail', 'not read'), never);
      expect(result).toEqual({ exitCode: 7, stdout: 'out ü', stderr: 'oops\n' });
      expect((await container.exec(command('echo-back', 'still here'), never)).stdout).toBe('still here');
    });

    it('have no more than 1 MiB of output', async () => {
      const container = await start(spec('run-until-stopped'));
      const { stdout } = await container.exec(command('say-much'), never);
      expect(stdout).toHaveLength(1024 * 1024);
    });

    it('end with their container', async () => {
      const container = await start(spec('run-until-stopped'));
      const running = container.exec(command('never-end'), never);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await container.stop(0);
      const { exitCode } = await running;
      expect(exitCode).not.toBe(0);
    });

    it('are not waited for when told so', async () => {
      const container = await start(spec('run-until-stopped'));
      const stopping = new AbortController();
      const running = failure(container.exec(command('never-end'), stopping.signal));
      setTimeout(() => {
        stopping.abort();
      }, 200);
      expect((await running).code).toBe('INTERRUPTED');
    });

    it('need a container that runs', async () => {
      const container = await start(spec('speak-and-end'));
      await container.wait();
      const error = await failure(container.exec(command('echo-back'), never));
      expect(error.code).toBe('ENGINE_FAILED');
    });
  });
}

function text(lines: readonly string[]): { kind: 'text'; text: string } {
  return { kind: 'text', text: `${lines.join('\n')}\n` };
}

async function collect(lines: AsyncIterable<LogLine>): Promise<readonly LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function failure(work: Promise<unknown>): Promise<CaissonError> {
  try {
    await work;
  } catch (error) {
    if (isCaissonError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
