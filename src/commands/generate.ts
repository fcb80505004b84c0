import type { Builder } from '../plan/image-plan.ts';
import { withoutUndefined } from '../core/objects.ts';
import { noteSecrets, readBuildAccess } from './build-access.ts';
import { readGivenCertificates } from './certificate-authority.ts';
import { ENVIRONMENT_OPTIONS, readEnvironment } from './environment-options.ts';
import { parseBuildArgs } from './grammar/build-args.ts';
import { readLockFile } from './lock-file.ts';
import { readHandler } from './handler-file.ts';
import * as option from './image-options.ts';
import { readOwnTemplates } from './own-templates.ts';
import { readImageContent, readImageRequest } from './image-request.ts';
import { modelAnswer } from './model-answer.ts';
import type { Services } from './services.ts';
import type { CommandInput, CommandSpec } from './spec.ts';
import { readWheelFolders, WHEEL_OPTIONS } from './wheel-folders.ts';

export const GENERATE: CommandSpec = {
  name: 'generate',
  summary: 'write the build context of a model, without an engine',
  description:
    'Writes the Dockerfile and everything it needs: byte for byte what build-image sends to the engine for the same options. The CA bundle of PIP_CERT or SSL_CERT_FILE, which build-image takes by itself, is left out unless --ca-cert names it.',
  argument: { name: 'model', summary: 'a model URI (runs:/…, models:/…) or a folder', count: 'one' },
  options: [
    {
      name: 'output-directory',
      short: 'o',
      kind: 'value',
      placeholder: 'DIR',
      summary: 'folder to write; made when it is not there',
      presence: 'required',
    },
    { name: 'force', kind: 'flag', summary: 'replace what is in the folder' },
    option.BASE_IMAGE,
    option.BUILD_ARG,
    option.LABEL,
    option.IMAGE_ENV,
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
    {
      ...option.BUILDER,
      summary: 'which kind of Dockerfile',
      choices: ['buildkit', 'classic'],
      default: 'buildkit',
    },
    ...option.STORES,
  ],
  examples: [
    {
      title: 'write the context of a logged model',
      command: 'caisson generate runs:/<run-id>/iris_model -o iris-image',
    },
    { title: 'and build it with docker', command: 'docker build -t repo/iris:1 iris-image' },
    {
      title: 'with an API of your own at /predict',
      command: 'caisson generate ./model -o iris-image --handler handler.py',
    },
  ],
  handle: handleGenerate,
};

async function handleGenerate(
  { arguments: [model = ''], options }: CommandInput,
  services: Services,
): Promise<void> {
  const certificateAuthority = await readGivenCertificates(options, services);
  const handler = await readHandler(options, services);
  const ownTemplates = await readOwnTemplates(options, services);
  const buildArgs = parseBuildArgs(options.list('build-arg'), services.lookup);
  const builder = options.required('builder') as Builder;
  const access = await readBuildAccess(options, services);
  const lock = await readLockFile(options, services);
  const { wheels, wheelhouse } = await readWheelFolders(options, services);
  const image = readImageRequest(
    {
      options,
      buildArgNames: buildArgs.declared,
      certificateAuthority,
      handler,
      lock,
      wheelhouse,
      environment: await readEnvironment(options, services),
      ownTemplates,
      content: readImageContent(options, services),
      access: access.image,
    },
    services,
  );
  const folder = options.required('output-directory');
  const sources = await services.sources(await services.tracking(option.storeFlags(options)));
  const { generate } = await import('../actions/generate.ts');
  const result = await generate(
    withoutUndefined({
      model,
      folder,
      image: { ...image, builder },
      certificateAuthority,
      handler,
      ownTemplates,
      wheels,
    }),
    {
      sources,
      loadTemplates: services.loadTemplates,
      output: services.outputFolder(folder, options.flag('force') ? 'replace' : 'refuse'),
    },
    services,
  );
  noteSecrets(folder, access, services);
  const { files } = result;
  const json = { command: 'generate', folder, files, model: modelAnswer(result.model) };
  services.answer({ lines: [folder], json });
}
