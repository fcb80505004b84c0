import { connect, type Connection } from './connection.ts';
import { engineFailure, isMissing } from './engine-errors.ts';
import { engineFacts, platformIn } from './engine-facts.ts';
import { isRecord, textOf, valueAt } from './json-values.ts';
import type {
  BuildRequest,
  BuiltImage,
  ContainerSpec,
  Engine,
  EngineConfig,
  EngineDescription,
  FilesInImage,
  ImageDescription,
  RunningContainer,
  TransferRequest,
  WorkContext,
} from './port.ts';

/**
 * An engine behind the Docker Engine API: Docker, or Podman's service. It is looked for when it is first needed, and the larger modules are
 * loaded then, too: a build with nothing to do asks for a few facts only.
 */
export class DockerEngine implements Engine {
  readonly #config: EngineConfig;
  #connection: Promise<Connection> | undefined;

  constructor(config: EngineConfig) {
    this.#config = config;
  }

  async describe(): Promise<EngineDescription> {
    const { api, apiVersion, builders, publishedHost, address } = await this.#connect();
    try {
      const facts = await engineFacts(api);
      return { ...facts, apiVersion, builders, publishedHost, address };
    } catch (error) {
      throw engineFailure(error, 'tell its version');
    }
  }

  async build(request: BuildRequest, work: WorkContext): Promise<BuiltImage> {
    const { api } = await this.#connect();
    const { buildImage } = await import('./build.ts');
    return buildImage(api, request, work);
  }

  async inspectImage(reference: string): Promise<ImageDescription | undefined> {
    const { api } = await this.#connect();
    try {
      const path = `/images/${encodeURI(reference)}/json`;
      return describeImage(await api.json({ method: 'GET', path }));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw engineFailure(error, `inspect '${reference}'`);
    }
  }

  async pull(request: TransferRequest, work: WorkContext): Promise<void> {
    const { api } = await this.#connect();
    const { pullImage } = await import('./transfer.ts');
    return pullImage(api, request, work);
  }

  async push(request: TransferRequest, work: WorkContext): Promise<{ readonly digest: string }> {
    const { api } = await this.#connect();
    const { pushImage } = await import('./transfer.ts');
    return pushImage(api, request, work);
  }

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const { api } = await this.#connect();
    const { startContainer } = await import('./start-container.ts');
    return startContainer(api, spec);
  }

  async readImageFiles(image: string, files: FilesInImage): Promise<ReadonlyMap<string, string>> {
    const { api } = await this.#connect();
    const { readImageFiles } = await import('./image-files.ts');
    return readImageFiles(api, image, files);
  }

  async removeImage(imageId: string): Promise<void> {
    const { api } = await this.#connect();
    const { removeImage } = await import('./image-files.ts');
    return removeImage(api, imageId);
  }

  #connect(): Promise<Connection> {
    this.#connection ??= connect(this.#config).catch((error: unknown) => {
      // The next call looks again: the engine may have been started meanwhile.
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }
}

function describeImage(image: unknown): ImageDescription {
  const config = valueAt(image, 'Config');
  const size = valueAt(image, 'Size');
  return {
    imageId: textOf(valueAt(image, 'Id')) ?? '',
    repoDigests: textsIn(valueAt(image, 'RepoDigests')),
    labels: textRecord(valueAt(config, 'Labels')),
    platform: platformIn(image, 'Architecture'),
    size: typeof size === 'number' ? size : 0,
    layers: textsIn(valueAt(image, 'RootFS', 'Layers')),
    exposedPorts: Object.keys(recordOr(valueAt(config, 'ExposedPorts'))),
    user: textOf(valueAt(config, 'User')) ?? '',
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function textRecord(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(recordOr(value)).map(([key, held]) => [key, String(held)]));
}

function recordOr(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
