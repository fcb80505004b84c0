import { runStep } from '../../core/events.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { BuildRequest, BuiltImage, EngineDescription } from '../../engine/port.ts';
import type { BuildContext } from '../../image/build-context.ts';
import type { ImageReference } from '../../model/image-reference.ts';
import type { Platform } from '../../model/platform.ts';
import type { Builder } from '../../plan/image-plan.ts';
import { platformFailure } from '../emulation.ts';
import type { BuildPorts, Work } from '../ports.ts';
import { offlineFailure } from './offline-failure.ts';
import type { BuildImageRequest } from './request.ts';

interface BuildJob {
  readonly context: BuildContext;
  readonly tags: readonly ImageReference[];
  /** Known only with an engine. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the step that tells about it. */
  readonly step: string;
  readonly title: string;
  /** Absent: as for the image. */
  readonly cache?: BuildImageRequest['cache'];
  readonly caches?: Pick<BuildRequest, 'cacheFrom' | 'cacheTo'>;
}

/** Builds a context. Throws as Engine.build does. */
export type Build = (job: BuildJob) => Promise<BuiltImage>;

export interface BuildCircumstances {
  readonly request: Pick<
    BuildImageRequest,
    'image' | 'buildArgs' | 'networkMode' | 'cache' | 'secrets' | 'sshSocket' | 'sourceDateEpoch'
  >;
  readonly engine: EngineDescription;
  readonly builder: Builder;
  /** Absent: the engine's own. */
  readonly platform: Platform | undefined;
}

/** What does not change from one build of a request to the next, but for logins: the user's options, and proxies of docker's configuration. */
export type BuildSetting = Pick<
  BuildRequest,
  'builder' | 'platform' | 'buildArgs' | 'networkMode' | 'secrets' | 'sshSocket' | 'sourceDateEpoch'
>;

export async function buildSetting(
  { request, engine, builder, platform }: BuildCircumstances,
  { dockerConfig }: BuildPorts,
): Promise<BuildSetting> {
  const { networkMode, secrets, sshSocket, sourceDateEpoch } = request;
  const proxies = await dockerConfig.proxyVariables(engine.address);
  const buildArgs = { ...withoutNames(proxies, request.image.buildArgNames), ...request.buildArgs };
  return withoutUndefined({
    ...{ builder, platform, buildArgs, networkMode, secrets, sshSocket, sourceDateEpoch },
  });
}

/** The engine's build. Logins are asked for when there is something to build: helpers of docker take their time. */
export function engineBuild(
  { setting, request, engine, platform }: BuildCircumstances & { readonly setting: BuildSetting },
  ports: BuildPorts,
  work: Work,
): Build {
  return async ({ context, tags, labels, step: name, title, caches, cache = request.cache }) => {
    const credentials = await ports.dockerConfig.allCredentials();
    return runStep(work.emit, { step: name, title }, (step) =>
      ports.engine.build(
        { ...setting, ...caches, credentials, cache, context, tags, labels },
        { step, signal: work.signal },
      ),
    ).catch((error: unknown) => {
      throw platformFailure(offlineFailure(error, request.image), { engine, platform });
    });
  };
}

/** A proxy that the user names, even without a value, is left to the user. */
function withoutNames(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}
