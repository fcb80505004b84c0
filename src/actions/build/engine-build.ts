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

export interface BuildSetting {
  readonly request: Pick<
    BuildImageRequest,
    'image' | 'buildArgs' | 'networkMode' | 'cache' | 'secrets' | 'sshSocket' | 'sourceDateEpoch'
  >;
  readonly engine: EngineDescription;
  readonly builder: Builder;
  /** Absent: the engine's own. */
  readonly platform: Platform | undefined;
}

/** The engine's build with all that does not change from one to the next: proxies and logins of docker's configuration, the user's options. */
export async function engineBuild(
  { request, engine, builder, platform }: BuildSetting,
  ports: BuildPorts,
  work: Work,
): Promise<Build> {
  const { networkMode, cache, secrets, sshSocket, sourceDateEpoch } = request;
  const credentials = await ports.dockerConfig.allCredentials();
  const proxies = await ports.dockerConfig.proxyVariables(engine.address);
  const buildArgs = { ...withoutNames(proxies, request.image.buildArgNames), ...request.buildArgs };
  const setting = {
    ...{ builder, platform, buildArgs, networkMode, credentials, secrets, sshSocket },
    sourceDateEpoch,
  };
  return ({ context, tags, labels, step: name, title, caches, cache: own = cache }) =>
    runStep(work.emit, { step: name, title }, (step) =>
      ports.engine.build(withoutUndefined({ ...setting, ...caches, cache: own, context, tags, labels }), {
        step,
        signal: work.signal,
      }),
    ).catch((error: unknown) => {
      throw platformFailure(offlineFailure(error, request.image), { engine, platform });
    });
}

/** A proxy that the user names, even without a value, is left to the user. */
function withoutNames(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}
