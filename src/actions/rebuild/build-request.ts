import { CaissonError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';
import { templatesDigest } from '../../plan/templates-digest.ts';
import type { EnvironmentRequest } from '../../plan/environment-request.ts';
import type { BuildImageRequest } from '../build/request.ts';
import type { RecordedImage } from './recorded-image.ts';
import type { RebuildRequest } from './request.ts';

/** The recorded request, with what was asked to be other. Throws USAGE for what is needed and was not given. */
export function rebuildRequest(recorded: RecordedImage, asked: RebuildRequest): BuildImageRequest {
  requireInputs(recorded, asked);
  const templatesSha256 = sameTemplates(recorded, asked);
  const { certificateAuthority, buildArgs, cache, networkMode, secrets, sshSocket } = asked;
  const { ownTemplates, selfTest, afterBuild, signing, sbom, wheels, sourceDateEpoch } = asked;
  const { request, handler, model } = recorded;
  const isSameBase = asked.versions === 'recorded' && asked.baseImage === undefined;
  const baseImage = asked.baseImage ?? request.baseImage;
  const image: BuildImageRequest['image'] = withoutUndefined({
    ...request,
    ...asked.indexes,
    ...withoutUndefined({ pipOptions: asked.pipOptions, wheelhouse: asked.wheelhouse }),
    secrets: asked.secretNames,
    ...{ baseImage, buildArgNames: asked.buildArgNames, caissonVersion: asked.caissonVersion },
    environment: asked.baseImage === undefined ? request.environment : withoutPython(request.environment),
    lock: asked.versions === 'recorded' ? recorded.lock : undefined,
    templatesSha256,
    baseDigest: isSameBase ? recorded.baseDigest : undefined,
    certificateAuthority: certificateAuthority === undefined ? ('none' as const) : ('in-context' as const),
  });
  return withoutUndefined({
    ...{
      image,
      handler,
      ownTemplates,
      certificateAuthority,
      buildArgs,
      cache,
      networkMode,
      secrets,
      sshSocket,
    },
    ...{ selfTest, afterBuild, signing, sbom, wheels, sourceDateEpoch },
    platforms: recorded.platform === undefined ? [] : [recorded.platform],
    cacheFrom: [],
    cacheTo: 'none' as const,
    model: asked.model ?? recordedUri(recorded),
    modelDigest: model.digest,
    builder: asked.builder ?? request.builder,
    tags: () => asked.tags,
    resolution: asked.versions === 'newest' ? ('anew' as const) : undefined,
    pullBase: asked.versions === 'newest' ? ('always' as const) : ('missing' as const),
  });
}

/** A base of one's own brings its Python. */
const withoutPython = (environment: EnvironmentRequest): EnvironmentRequest =>
  withoutUndefined({ ...environment, python: undefined });

/** The version, where an alias was asked for: the alias may have moved. */
function recordedUri({ name, model }: RecordedImage): string {
  const uri = model.pinnedUri ?? model.uri;
  // an image may claim anything: a store it can name, a path of this machine it cannot
  if (model.origin === 'store' && /^(?:runs|models):\//.test(uri)) return uri;
  throw new CaissonError('USAGE', `the image '${name}' was built from the folder '${model.uri}'`, {
    hint: 'say where the folder is now with --model PATH',
  });
}

/** An image holds no templates, only their digest. */
function sameTemplates(
  { name, request }: RecordedImage,
  { ownTemplates }: RebuildRequest,
): string | undefined {
  const given = ownTemplates === undefined ? undefined : templatesDigest(ownTemplates.files);
  if (given === request.templatesSha256) return given;
  const [message, hint] =
    request.templatesSha256 === undefined
      ? [`the image '${name}' was built without templates of one's own`, 'leave --templates out']
      : [
          `the image '${name}' was built with other templates`,
          'name their folder, unchanged, with --templates DIR',
        ];
  throw new CaissonError('USAGE', message, { hint });
}

/** Values are not recorded, only names. */
function requireInputs(
  { name, request }: RecordedImage,
  { buildArgNames, secretNames }: RebuildRequest,
): void {
  const missing = [
    ...without(request.buildArgNames, buildArgNames).map((each) => `--build-arg ${each}`),
    ...without(request.secrets.ids, secretNames.ids).map((id) => `--secret id=${id},src=FILE`),
    ...(request.secrets.ssh === 'agent' && secretNames.ssh === 'none' ? ['--ssh default'] : []),
  ];
  if (missing.length === 0) return;
  throw new CaissonError('USAGE', `the image '${name}' was built with ${missing.join(' ')}`, {
    hint: 'an image records no values; give them again',
  });
}

const without = (needed: readonly string[], given: readonly string[]): readonly string[] =>
  needed.filter((each) => !given.includes(each));
