import type { BuildImageRequest } from '../actions/build/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { readBuildAccess } from './build-access.ts';
import { readBuildCertificates } from './certificate-authority.ts';
import { readEnvironment } from './environment-options.ts';
import { parseSourceDateEpoch } from './grammar/source-date.ts';
import { guardBuildArgs } from './build-arg-secrets.ts';
import { parseBuildArgs } from './grammar/build-args.ts';
import { readHandler } from './handler-file.ts';
import { readImageRequest, type ImageContent } from './image-request.ts';
import { lockKeeper, readLockFile } from './lock-file.ts';
import { readOwnTemplates } from './own-templates.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';
import type { BuildTarget } from './target-options.ts';
import { networkOf, readWheelFolders } from './wheel-folders.ts';

export interface BuildRequestInput {
  readonly model: string;
  readonly options: OptionReader;
  readonly content: ImageContent;
  readonly networkMode?: string | undefined;
  readonly tags: BuildImageRequest['tags'];
  readonly afterBuild: BuildImageRequest['afterBuild'];
  readonly selfTest?: BuildImageRequest['selfTest'] | undefined;
  readonly pullBase: BuildImageRequest['pullBase'];
  readonly target: BuildTarget;
}

/** The request of a build from the options that build-image and run share. Throws USAGE, FILE_NOT_READABLE. */
export async function readBuildRequest(
  { model, options, content, networkMode, tags, afterBuild, selfTest, pullBase, target }: BuildRequestInput,
  services: Services,
): Promise<BuildImageRequest> {
  const buildArgs = parseBuildArgs(options.list('build-arg'), services.lookup);
  guardBuildArgs(buildArgs.values, services);
  const certificateAuthority = await readBuildCertificates(options, services);
  const handler = await readHandler(options, services);
  const ownTemplates = await readOwnTemplates(options, services);
  const environment = await readEnvironment(options, services);
  const access = await readBuildAccess(options, services);
  const lock = await readLockFile(options, services);
  const { wheels, wheelhouse } = await readWheelFolders(options, services);
  const files = { certificateAuthority, handler, ownTemplates };
  const given = { ...files, environment, lock, wheelhouse, access: access.image };
  const image = readImageRequest({ options, buildArgNames: buildArgs.declared, content, ...given }, services);
  return withoutUndefined({
    ...{ ...files, model, image, wheels, tags, afterBuild, selfTest, pullBase },
    ...target,
    builder: options.required('builder') as BuildImageRequest['builder'],
    buildArgs: buildArgs.values,
    keepLock: lockKeeper(options, lock, services),
    networkMode: networkOf(wheelhouse, networkMode),
    secrets: access.secrets,
    sourceDateEpoch: parseSourceDateEpoch(services.lookup('SOURCE_DATE_EPOCH')),
    sshSocket: access.sshSocket,
    cache: options.flag('no-cache') ? ('ignore' as const) : ('use' as const),
  });
}
