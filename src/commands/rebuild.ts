import type { RebuildRequest, RebuildResult } from '../actions/rebuild/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { formatImageReference, parseImageReference, type ImageReference } from '../model/image-reference.ts';
import { readBuildAccess } from './build-access.ts';
import { guardBuildArgs } from './build-arg-secrets.ts';
import { readBuildCertificates } from './certificate-authority.ts';
import { parseBuildArgs } from './grammar/build-args.ts';
import { parseSourceDateEpoch } from './grammar/source-date.ts';
import { usage } from './grammar/usage.ts';
import * as option from './image-options.ts';
import { readOwnTemplates } from './own-templates.ts';
import { buildPorts } from './ports.ts';
import { readSelfTest, SELF_TEST_OPTIONS } from './self-test-options.ts';
import { readSbom, SBOM, SBOM_FORMAT } from './sbom-options.ts';
import { modelAnswer } from './model-answer.ts';
import type { Answer, Services } from './services.ts';
import { readSigningOfPush, SIGN, SIGN_KEY } from './sign-options.ts';
import type { CommandInput, CommandSpec, OptionReader } from './spec.ts';
import { networkOf, readWheelFolders, WHEEL_OPTIONS } from './wheel-folders.ts';

export const REBUILD: CommandSpec = {
  name: 'rebuild',
  summary: 'build an image again from what it records',
  description:
    'Builds an image of caisson again: the same model, checked by its digest, with the same options, the packages of its lock and its base by digest. Tells how much of the new image is the same. Values of build arguments are not recorded and are given again.',
  argument: { name: 'image', summary: 'an image that build-image made, pulled when missing', count: 'one' },
  options: [
    {
      name: 'tag',
      short: 't',
      kind: 'list',
      placeholder: 'REF',
      summary: 'name of the new image; that of the old one when not given; repeatable',
    },
    {
      name: 'model',
      kind: 'value',
      placeholder: 'MODEL',
      summary: 'where the same model is now; needed when it was built from a folder',
    },
    {
      name: 'update',
      kind: 'flag',
      summary: 'resolve packages anew and take the newest base of the same tag',
    },
    { ...option.BASE_IMAGE, summary: 'image to build on; the recorded one when not given' },
    { name: 'push', kind: 'flag', summary: 'push every tag when the image is built' },
    SIGN,
    SIGN_KEY,
    SBOM,
    SBOM_FORMAT,
    option.BUILD_ARG,
    option.INDEX_URL,
    option.EXTRA_INDEX_URL,
    ...WHEEL_OPTIONS,
    option.SECRET,
    option.SSH,
    {
      name: 'trust-image',
      kind: 'flag',
      summary: 'let what the image decides on (base, indexes, commands) see the secrets that are given',
    },
    option.NETWORK,
    option.NO_CACHE,
    option.TEMPLATES,
    option.CA_CERT,
    ...SELF_TEST_OPTIONS,
    ...option.STORES,
  ],
  examples: [
    {
      title: 'see whether an image can be made again',
      command: 'caisson rebuild repo/iris:1 -t repo/iris:check',
    },
    {
      title: 'the same model on a patched base',
      command: 'caisson rebuild repo/iris:1 -t repo/iris:1-patched --update',
    },
  ],
  handle: handleRebuild,
};

async function handleRebuild(
  { arguments: [text = ''], options }: CommandInput,
  services: Services,
): Promise<void> {
  const image = parseImageReference(text);
  const request = await readRequest(image, options, services);
  const ports = await buildPorts(services, option.storeFlags(options));
  const { rebuild } = await import('../actions/rebuild.ts');
  const result = await rebuild(request, ports, services);
  services.emit({ type: 'note', message: sameness(formatImageReference(image), result) });
  services.answer(answerOf(result));
}

async function readRequest(
  image: ImageReference,
  options: OptionReader,
  services: Services,
): Promise<RebuildRequest> {
  const buildArgs = parseBuildArgs(options.list('build-arg'), services.lookup);
  guardBuildArgs(buildArgs.values, services);
  const access = await readBuildAccess(options, services);
  const { indexUrl, extraIndexUrls, pipOptions } = access.image;
  const { wheels, wheelhouse } = await readWheelFolders(options, services);
  const hasIndexes = indexUrl !== undefined || extraIndexUrls.length > 0;
  const baseImage = options.value('base-image');
  if (baseImage !== undefined) parseImageReference(baseImage);
  return withoutUndefined({
    image,
    tags: tagsOf(image, options.list('tag').map(parseImageReference)),
    model: options.value('model'),
    baseImage,
    versions: options.flag('update') ? ('newest' as const) : ('recorded' as const),
    buildArgs: buildArgs.values,
    buildArgNames: buildArgs.declared,
    afterBuild: options.flag('push') ? ('push' as const) : ('keep' as const),
    signing: readSigningOfPush(options),
    sbom: readSbom(options, services),
    ...{ pipOptions, wheels, wheelhouse },
    networkMode: networkOf(wheelhouse, options.value('network')),
    sourceDateEpoch: parseSourceDateEpoch(services.lookup('SOURCE_DATE_EPOCH')),
    cache: options.flag('no-cache') ? ('ignore' as const) : ('use' as const),
    indexes: hasIndexes ? withoutUndefined({ indexUrl, extraIndexUrls }) : undefined,
    secretNames: access.image.secrets,
    secrets: access.secrets,
    sshSocket: access.sshSocket,
    selfTest: await readSelfTest(options, services),
    ownTemplates: await readOwnTemplates(options, services),
    certificateAuthority: await readBuildCertificates(options, services),
    caissonVersion: services.version,
    recordedSteps: options.flag('trust-image') ? ('trusted' as const) : ('without-secrets' as const),
  });
}

/** Throws USAGE for an image named by digest: that name is taken for ever. */
function tagsOf(image: ImageReference, given: readonly ImageReference[]): readonly ImageReference[] {
  if (given.length > 0) return given;
  if (image.digest === undefined) return [image];
  throw usage(
    `'${formatImageReference(image)}' names an image by its digest`,
    'name the new one with -t REF',
  );
}

function sameness(old: string, { imageId, previousImageId, sameLayers, layers }: RebuildResult): string {
  if (imageId === previousImageId) return `the image is the same as '${old}', to the last byte`;
  return `${sameLayers} of ${layers} layers are the same as those of '${old}'`;
}

function answerOf(result: RebuildResult): Answer {
  const { imageId, previousImageId, images, builder, baseImage, sameLayers, layers, model, selfTest } =
    result;
  return {
    lines: images.map((image) =>
      'digest' in image ? `${image.reference}@${image.digest}` : image.reference,
    ),
    json: {
      command: 'rebuild',
      ...{ imageId, previousImageId, sameLayers, layers, images, builder, baseImage },
      model: modelAnswer(model),
      selfTest: selfTest ?? { outcome: 'skipped' },
    },
  };
}
