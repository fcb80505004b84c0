import { createHash } from 'node:crypto';
import { abortReason, CaissonError, throwIfAborted } from '../../src/core/errors.ts';
import type {
  BuildRequest,
  ContainerSpec,
  Engine,
  EngineDescription,
  FilesInImage,
  ImageDescription,
  TransferRequest,
  WorkContext,
} from '../../src/engine/port.ts';
import {
  formatImageReference,
  formatRepository,
  parseImageReference,
  withDefaultTag,
} from '../../src/model/image-reference.ts';
import { formatPlatform, type Platform } from '../../src/model/platform.ts';
import { runFakeBuild } from './fake-build.ts';
import { FakeContainer, type FakeProgram } from './fake-container.ts';
import { FakeRegistry } from './fake-registry.ts';

export type { FakeProgram } from './fake-container.ts';

/** What the fake engine keeps of an image. */
export interface FakeImage {
  readonly imageId: string;
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  readonly size: number;
  readonly user?: string;
  readonly layers: readonly string[];
  /** By absolute path. */
  readonly files: Readonly<Record<string, string>>;
  /** What a container of this image does. */
  readonly program: (spec: ContainerSpec) => FakeProgram;
}

type Method = keyof Engine;

/** A server without a model: ready at once, and with nothing to be asked in a self-test. */
const SERVER: FakeProgram = {
  lines: [{ stream: 'stderr', line: 'caisson ready {"port":5001,"load_seconds":1.25}' }],
  end: 'when-stopped',
  exec: () => ({ stdout: '{"asked": [], "memory_bytes": 100000000}\n' }),
};
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/**
 * A container engine in memory, for unit tests of actions. It keeps state as the real one does and passes the same
 * contract suite (test/contract/engine.test.ts). Failures and hangs are injected for the next call of a method.
 */
export class FakeEngine implements Engine {
  description: EngineDescription = {
    version: '20.10.24',
    apiVersion: '1.41',
    builders: ['buildkit', 'classic'],
    platform: AMD64,
    insecureRegistries: ['127.0.0.0/8'],
    publishedHost: '127.0.0.1',
    address: 'unix:///var/run/docker.sock',
  };
  /** By id. */
  readonly images = new Map<string, FakeImage>();
  /** Image ids by familiar reference with a tag. */
  readonly references = new Map<string, string>();
  /** By id; removed ones are gone. */
  readonly containers = new Map<string, FakeContainer>();
  /** By ImageReference.registry; others cannot be reached. */
  readonly registries = new Map<string, FakeRegistry>();
  /** Every call in order, for tests of what an action asks of the engine. */
  readonly calls: { readonly method: Method; readonly argument: unknown }[] = [];
  /** What built images hold: a lock, for builds that resolve. */
  filesOfBuiltImages: Readonly<Record<string, string>> = { '/lock/requirements.lock': 'numpy==2.0.0\n' };
  userOfBuiltImages = '10001:0';
  /** What their containers do. */
  programOfBuiltImages: (spec: ContainerSpec) => FakeProgram = () => SERVER;

  readonly #injected = new Map<Method, (signal: AbortSignal | undefined) => Promise<void>>();
  #created = 0;

  /** The next call of the method throws this. */
  failNext(method: Method, error: CaissonError): void {
    this.#injected.set(method, () => Promise.reject(error));
  }

  /** The next call of the method goes on until its signal aborts. */
  hangNext(method: 'build' | 'pull' | 'push'): void {
    this.#injected.set(method, (signal) => untilAborted(signal!));
  }

  addImage(reference: string, image: Partial<FakeImage> = {}): FakeImage {
    const added: FakeImage = {
      imageId: image.imageId ?? idOf(`${reference} ${formatPlatform(image.platform ?? AMD64)}`),
      platform: image.platform ?? AMD64,
      labels: image.labels ?? {},
      exposedPorts: image.exposedPorts ?? [],
      size: image.size ?? 1000,
      user: image.user ?? '10001:0',
      layers: image.layers ?? [idOf(`layer of ${reference}`)],
      files: image.files ?? {},
      program: image.program ?? (() => ({ lines: [], end: 'when-stopped' })),
    };
    this.images.set(added.imageId, added);
    this.references.set(keyOf(reference), added.imageId);
    return added;
  }

  addRegistry(host: string, login?: { readonly username: string; readonly password: string }): FakeRegistry {
    const registry = new FakeRegistry(host, login);
    this.registries.set(host, registry);
    return registry;
  }

  async describe(): Promise<EngineDescription> {
    await this.#enter('describe', undefined);
    return this.description;
  }

  async build(request: BuildRequest, work: WorkContext): Promise<{ readonly imageId: string }> {
    await this.#enter('build', request, work.signal);
    const built = runFakeBuild(request, work.step, (reference) => this.#find(reference));
    const platform = request.platform ?? this.description.platform;
    const image = {
      ...built,
      layers: [idOf(JSON.stringify(built.content))],
      platform,
      imageId: idOf(JSON.stringify([built, platform])),
      program: this.programOfBuiltImages,
      files: this.filesOfBuiltImages,
      user: this.userOfBuiltImages,
    };
    this.images.set(image.imageId, image);
    for (const tag of request.tags)
      this.references.set(formatImageReference(withDefaultTag(tag)), image.imageId);
    return { imageId: image.imageId };
  }

  async inspectImage(reference: string): Promise<ImageDescription | undefined> {
    await this.#enter('inspectImage', reference);
    const image = this.#find(reference);
    if (image === undefined) return undefined;
    const { imageId, labels, platform, exposedPorts, size, layers } = image;
    const repoDigests = [...this.registries.values()].flatMap((registry) => registry.digestsOf(imageId));
    return {
      imageId,
      labels,
      platform,
      exposedPorts,
      size,
      layers,
      repoDigests,
      user: image.user ?? '10001:0',
    };
  }

  async pull(request: TransferRequest, work: WorkContext): Promise<void> {
    await this.#enter('pull', request, work.signal);
    const reference = withDefaultTag(request.reference);
    const name = formatImageReference(reference);
    const registry = this.registries.get(reference.registry);
    if (registry === undefined) throw new CaissonError('IMAGE_NOT_FOUND', `image '${name}' cannot be pulled`);
    registry.check(request.credentials);
    const image = registry.get(name, request.platform ?? this.description.platform);
    if (image === undefined)
      throw new CaissonError('IMAGE_NOT_FOUND', `image '${name}' is not in its registry`);
    this.images.set(image.imageId, image);
    this.references.set(name, image.imageId);
  }

  async push(request: TransferRequest, work: WorkContext): Promise<{ readonly digest: string }> {
    await this.#enter('push', request, work.signal);
    const reference = withDefaultTag(request.reference);
    const name = formatImageReference(reference);
    const image = this.#find(name);
    if (image === undefined)
      throw new CaissonError('IMAGE_NOT_FOUND', `image '${name}' is not in the engine`);
    const registry = this.registries.get(reference.registry);
    if (registry === undefined)
      throw new CaissonError('REGISTRY_FAILED', `registry '${reference.registry}' cannot be reached`);
    registry.check(request.credentials);
    work.step.progress({ done: image.size, total: image.size, unit: 'bytes' });
    return { digest: registry.put(name, image) };
  }

  async start(spec: ContainerSpec): Promise<FakeContainer> {
    await this.#enter('start', spec);
    const image = this.#find(spec.image);
    if (image === undefined)
      throw new CaissonError('IMAGE_NOT_FOUND', `image '${spec.image}' is not in the engine`);
    const others = [...this.containers.values()];
    if (others.some((other) => other.name === spec.name))
      throw new CaissonError('NAME_IN_USE', `a container named '${spec.name}' exists`);
    for (const { hostPort } of spec.ports) {
      const owner = others.find((other) => other.holdsPort(hostPort));
      if (owner !== undefined)
        throw new CaissonError('PORT_IN_USE', `port ${hostPort} is taken by container '${owner.name}'`);
    }
    this.#created += 1;
    const id = createHash('sha256').update(`container ${this.#created}`).digest('hex');
    const container = new FakeContainer({ id, spec, program: image.program(spec) }, () => {
      this.containers.delete(id);
    });
    this.containers.set(id, container);
    container.run();
    return container;
  }

  async readImageFiles(
    image: string,
    { path, maxBytes, only }: FilesInImage,
  ): Promise<ReadonlyMap<string, string>> {
    await this.#enter('readImageFiles', { image, path });
    const held = this.#find(image);
    if (held === undefined)
      throw new CaissonError('IMAGE_NOT_FOUND', `image '${image}' is not in the engine`);
    const below = (name: string): string => (name === path ? '' : name.slice(path.length + 1));
    return new Map(
      Object.entries(held.files)
        .filter(([name]) =>
          only === undefined ? name === path : name.startsWith(`${path}/`) && only.test(below(name)),
        )
        .filter(([, text]) => Buffer.byteLength(text) <= maxBytes)
        .map(([name, text]) => [below(name), text]),
    );
  }

  async removeImage(image: string): Promise<void> {
    await this.#enter('removeImage', image);
    const imageId = this.references.get(keyOf(image)) ?? image;
    for (const [name, id] of this.references)
      if (id === image || name === keyOf(image)) this.references.delete(name);
    if (![...this.references.values()].includes(imageId)) this.images.delete(imageId);
  }

  #find(reference: string): FakeImage | undefined {
    return (
      this.images.get(reference) ??
      this.images.get(this.references.get(keyOf(reference)) ?? '') ??
      this.#findByDigest(reference)
    );
  }

  /** As the real engine: what it pulled or pushed is known by the digest of its registry, with or without a tag. */
  #findByDigest(reference: string): FakeImage | undefined {
    const [name = '', digest] = reference.split('@');
    if (digest === undefined) return undefined;
    const known = `${formatRepository(parseImageReference(name))}@${digest}`;
    return [...this.images.values()].find(({ imageId }) =>
      [...this.registries.values()].some((registry) => registry.digestsOf(imageId).includes(known)),
    );
  }

  async #enter(method: Method, argument: unknown, signal?: AbortSignal): Promise<void> {
    this.calls.push({ method, argument });
    if (signal !== undefined) throwIfAborted(signal);
    const injected = this.#injected.get(method);
    this.#injected.delete(method);
    await injected?.(signal);
  }
}

function keyOf(reference: string): string {
  if (/^(sha256:)?[a-f0-9]{64}$/.test(reference)) return reference;
  return formatImageReference(withDefaultTag(parseImageReference(reference)));
}

function idOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(abortReason(signal));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
