import { CaissonError } from '../core/errors.ts';
import { withoutUndefined } from '../core/objects.ts';
import { formatPlatform } from '../model/platform.ts';
import { ExitWatch } from './container-exit.ts';
import { ContainerLogs } from './container-logs.ts';
import { createBody, publishedPorts } from './container-spec.ts';
import { DockerContainer } from './docker-container.ts';
import type { EngineApi } from './engine-api.ts';
import { engineFailure, isNameTaken, replyOf, takenPortOf } from './engine-errors.ts';
import { isRecord, textOf, valueAt } from './json-values.ts';
import type { ContainerSpec, RunningContainer } from './port.ts';

/** Creates and starts; what cannot start is removed. Throws as Engine.start says. */
export async function startContainer(api: EngineApi, spec: ContainerSpec): Promise<RunningContainer> {
  const id = await create(api, spec);
  const opened: { close(): void }[] = [];
  try {
    const exit = await ExitWatch.open(api, id, spec.atEnd);
    opened.push(exit);
    const logs = await ContainerLogs.open(api, id);
    opened.push(logs);
    // Before the start, since a container of a short life may be gone after it.
    const { name } = await describe(api, id);
    await api.json({ method: 'POST', path: `/containers/${id}/start` });
    const { ports } = await describe(api, id).catch(() => ({ ports: [] }));
    return new DockerContainer(api, { id, name, ports, exit, logs });
  } catch (error) {
    for (const each of opened) each.close();
    await removeQuietly(api, id);
    throw await startFailure(api, error);
  }
}

async function create(api: EngineApi, spec: ContainerSpec): Promise<string> {
  try {
    const answer = await api.json({
      method: 'POST',
      path: '/containers/create',
      query: withoutUndefined({
        name: spec.name,
        platform: spec.platform === undefined ? undefined : formatPlatform(spec.platform),
      }),
      body: createBody(spec),
    });
    const id = textOf(valueAt(answer, 'Id'));
    if (id !== undefined) return id;
    throw new CaissonError('ENGINE_FAILED', 'the engine named no container');
  } catch (error) {
    throw createFailure(error, spec);
  }
}

function createFailure(error: unknown, { image, name }: ContainerSpec): CaissonError {
  const { status, message } = replyOf(error);
  if (name !== undefined && isNameTaken(message))
    return new CaissonError('NAME_IN_USE', `a container named '${name}' exists already`, {
      hint: `choose another --name, or remove it with: docker rm -f ${name}`,
      cause: error,
    });
  if (status === 404)
    return new CaissonError('IMAGE_NOT_FOUND', `image '${image}' is not in the engine`, { cause: error });
  return engineFailure(error, 'create the container');
}

async function describe(
  api: EngineApi,
  id: string,
): Promise<{ readonly name: string; readonly ports: RunningContainer['ports'] }> {
  const container = await api.json({ method: 'GET', path: `/containers/${id}/json` });
  return {
    name: (textOf(valueAt(container, 'Name')) ?? id).replace(/^\//, ''),
    ports: publishedPorts(valueAt(container, 'NetworkSettings', 'Ports')),
  };
}

async function startFailure(api: EngineApi, error: unknown): Promise<CaissonError> {
  const port = takenPortOf(replyOf(error).message);
  if (port === undefined) return engineFailure(error, 'start the container');
  const owner = await ownerOf(api, port);
  const taker = owner === undefined ? "another program on the engine's host" : `container '${owner}'`;
  return new CaissonError('PORT_IN_USE', `port ${port} is taken by ${taker}`, { cause: error });
}

/** The name of the running container that publishes a port. */
async function ownerOf(api: EngineApi, port: number): Promise<string | undefined> {
  const containers = await api.json({ method: 'GET', path: '/containers/json' }).catch(() => []);
  if (!Array.isArray(containers)) return undefined;
  for (const container of containers as readonly unknown[]) {
    const ports = valueAt(container, 'Ports');
    const names = valueAt(container, 'Names');
    const publishes =
      Array.isArray(ports) && ports.some((each) => isRecord(each) && each['PublicPort'] === port);
    if (publishes && Array.isArray(names)) return textOf(names[0])?.replace(/^\//, '');
  }
  return undefined;
}

async function removeQuietly(api: EngineApi, id: string): Promise<void> {
  // The failure of the start is what the user must see, whatever the clean-up meets.
  await api
    .json({ method: 'DELETE', path: `/containers/${id}`, query: { force: 1, v: 1 } })
    .catch(() => undefined);
}
