import { CaissonError } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { BuiltImage, EngineDescription } from '../../engine/port.ts';
import { formatImageReference, type ImageReference } from '../../model/image-reference.ts';
import type { Builder } from '../../plan/image-plan.ts';
import { prepareBase } from '../base-image.ts';
import type { PreparedContext } from '../build-context.ts';
import type { BuildPorts, Work } from '../ports.ts';
import type { BuildImageRequest } from './request.ts';

export interface BuildInput {
  readonly request: BuildImageRequest;
  readonly engine: EngineDescription;
  readonly builder: Builder;
  readonly tags: readonly ImageReference[];
  readonly prepared: PreparedContext;
}

/** The base first, then the build itself, with the proxies and logins of docker's configuration. */
export async function buildFromContext(
  { request, engine, builder, tags, prepared }: BuildInput,
  ports: BuildPorts,
  work: Work,
): Promise<BuiltImage> {
  const { context, plan } = prepared;
  const { networkMode, cache, pullBase, secrets, sshSocket } = request;
  const labels = await prepareBase({ baseImage: plan.baseImage, pull: pullBase }, ports, work);
  const credentials = await ports.dockerConfig.allCredentials();
  const proxies = await ports.dockerConfig.proxyVariables(engine.address);
  const buildArgs = { ...withoutNames(proxies, request.image.buildArgNames), ...request.buildArgs };
  const title = `building ${tags.map(formatImageReference).join(', ')}`;
  return runStep(work.emit, { step: 'build', title }, (step) =>
    ports.engine.build(
      withoutUndefined({
        ...{ builder, context, tags, buildArgs, labels, networkMode, cache, credentials },
        ...{ secrets, sshSocket },
      }),
      { step, signal: work.signal },
    ),
  );
}

/** A proxy that the user names, even without a value, is left to the user. */
function withoutNames(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

/** Throws ENGINE_FAILED for a builder that the engine does not have. */
export function chooseBuilder(wanted: Builder | 'auto', available: readonly Builder[]): Builder {
  const [best] = available;
  if (wanted === 'auto' && best !== undefined) return best;
  if (wanted !== 'auto' && available.includes(wanted)) return wanted;
  throw new CaissonError('ENGINE_FAILED', `the container engine has no builder '${wanted}'`, {
    hint: available.length === 0 ? undefined : `it has ${available.join(' and ')}`,
  });
}
