import type { BuildImageResult } from '../actions/build/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseImageReference } from '../model/image-reference.ts';
import { readBuildRequest } from './build-request.ts';
import { ENVIRONMENT_OPTIONS } from './environment-options.ts';
import * as option from './image-options.ts';
import { readImageContent } from './image-request.ts';
import { readSelfTest, SELF_TEST_OPTIONS } from './self-test-options.ts';
import { buildPorts } from './ports.ts';
import { readSbom, SBOM, SBOM_FORMAT } from './sbom-options.ts';
import { readSigningOfPush, SIGN, SIGN_KEY } from './sign-options.ts';
import { modelAnswer } from './model-answer.ts';
import type { Answer, Services } from './services.ts';
import type { CommandInput, CommandSpec } from './spec.ts';
import { WHEEL_OPTIONS } from './wheel-folders.ts';
import { readBuildTarget, TARGET_OPTIONS } from './target-options.ts';

export const BUILD_IMAGE: CommandSpec = {
  name: 'build-image',
  alias: 'build',
  summary: 'build the image of a model, and push it with --push',
  description:
    'Builds an image that serves the model, through the Docker Engine API, and tests it. Prints one line for every tag.',
  argument: { name: 'model', summary: 'a model URI (runs:/…, models:/…) or a folder', count: 'one' },
  options: [
    {
      name: 'tag',
      short: 't',
      kind: 'list',
      placeholder: 'REF',
      summary: 'name of the image, [registry/]name[:tag]; repeatable',
      presence: 'required',
    },
    { name: 'push', kind: 'flag', summary: 'push every tag when the image is built' },
    ...TARGET_OPTIONS,
    option.BASE_IMAGE,
    option.BUILD_ARG,
    option.LABEL,
    option.IMAGE_ENV,
    option.NETWORK,
    option.NO_CACHE,
    { name: 'pull', kind: 'flag', summary: 'ask the registry for a newer base image' },
    option.CA_CERT,
    option.INDEX_URL,
    option.EXTRA_INDEX_URL,
    ...WHEEL_OPTIONS,
    option.SECRET,
    option.SSH,
    option.AS_OF,
    option.LOCK,
    option.FULL_MLFLOW,
    ...ENVIRONMENT_OPTIONS,
    option.LOAD_AT_START,
    option.HANDLER,
    option.TEMPLATES,
    option.BUILDER,
    SBOM,
    SBOM_FORMAT,
    SIGN,
    SIGN_KEY,
    ...SELF_TEST_OPTIONS,
    ...option.STORES,
  ],
  examples: [
    {
      title: 'build a model of a run',
      command: 'caisson build-image runs:/<run-id>/iris_model -t repo/iris:1',
    },
    {
      title: 'build the champion and push it',
      command: 'caisson build models:/iris@champion -t registry.example.com/iris:1 --push',
    },
    {
      title: 'push, sign, and keep a bill of materials',
      command: 'caisson build ./model -t registry.example.com/iris:1 --push --sign --sbom iris.cdx.json',
    },
    {
      title: 'behind a proxy that inspects TLS',
      command: 'caisson build ./model -t iris --ca-cert company-ca.pem',
    },
    {
      title: 'with requests of your own that the image must answer',
      command: 'caisson build-image ./model -t iris --self-test requests.jsonl',
    },
    {
      title: 'for two platforms, under one tag',
      command:
        'caisson build ./model -t registry.example.com/iris:1 --platform linux/amd64,linux/arm64 --push',
    },
    {
      title: 'with an API of your own at /predict',
      command: 'caisson build-image ./model -t iris --handler handler.py',
    },
  ],
  handle: handleBuildImage,
};

async function handleBuildImage(
  { arguments: [model = ''], options }: CommandInput,
  services: Services,
): Promise<void> {
  const references = options.list('tag').map(parseImageReference);
  const request = await readBuildRequest(
    {
      model,
      options,
      content: readImageContent(options, services),
      networkMode: options.value('network'),
      tags: () => references,
      afterBuild: options.flag('push') ? 'push' : 'keep',
      selfTest: await readSelfTest(options, services),
      pullBase: options.flag('pull') ? 'always' : 'missing',
      target: readBuildTarget(options),
    },
    services,
  );
  const provenance = withoutUndefined({
    signing: readSigningOfPush(options),
    sbom: readSbom(options, services),
  });
  const ports = await buildPorts(services, option.storeFlags(options));
  const { buildImage } = await import('../actions/build-image.ts');
  services.answer(answerOf(await buildImage({ ...request, ...provenance }, ports, services)));
}

function answerOf(result: BuildImageResult): Answer {
  const { imageId, images, builder, baseImage, model, selfTest, selfTests } = result;
  return {
    lines: images.map((image) =>
      'digest' in image ? `${image.reference}@${image.digest}` : image.reference,
    ),
    json: {
      command: 'build-image',
      imageId,
      images,
      builder,
      baseImage,
      model: modelAnswer(model),
      selfTest: selfTest ?? { outcome: 'skipped' },
      ...(selfTests === undefined ? {} : { selfTests }),
    },
  };
}
