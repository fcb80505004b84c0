import type { ContainerRequest, RunRequest, Served } from '../actions/run/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { PullPolicy } from '../actions/base-image.ts';
import { readBuildRequest } from './build-request.ts';
import { readConfinement } from './confinement.ts';
import { parseAddHost } from './grammar/add-host.ts';
import { readContainerEnv } from './grammar/container-env.ts';
import { parseLabels } from './grammar/labels.ts';
import { parseOnePlatform } from './grammar/platforms.ts';
import { parsePublish } from './grammar/publish.ts';
import { classifyTarget } from './grammar/run-target.ts';
import { parseSeconds } from './grammar/seconds.ts';
import { usage } from './grammar/usage.ts';
import { parseVolume } from './grammar/volume.ts';
import * as option from './image-options.ts';
import { localTag } from './local-tag.ts';
import { buildPorts } from './ports.ts';
import { CONTAINER_OPTIONS, MODEL_OPTIONS } from './run-options.ts';
import type { Answer, Services } from './services.ts';
import type { CommandInput, CommandSpec, OptionReader } from './spec.ts';

export const RUN: CommandSpec = {
  name: 'run',
  summary: 'run an image, or a model, and wait until it serves',
  description:
    'Starts the container, waits until its server is ready, prints its URL and follows its log; Ctrl-C stops and removes it. A model is built first.',
  argument: { name: 'image|model', summary: 'an image, a model URI or the folder of a model', count: 'one' },
  options: [
    ...CONTAINER_OPTIONS,
    {
      ...option.TRACKING_URI,
      summary: 'tracking server: where MODEL is looked up, and what a load-at-start image is told',
    },
    option.REGISTRY_URI,
    ...MODEL_OPTIONS,
  ],
  examples: [
    {
      title: 'serve on port 8000 of this machine',
      command: 'caisson run repo/iris:1 -p 127.0.0.1:8000:5001',
    },
    { title: 'build a model and serve it', command: 'caisson run runs:/<run-id>/iris_model' },
    {
      title: 'a model with an API of your own at /predict',
      command: 'caisson run ./model --handler handler.py',
    },
    {
      title: 'an image that loads its model when it starts',
      command:
        'caisson run mlflow-app -p 5001:5001 -e MLFLOW_MODEL_URI=models:/iris/1 --tracking-uri http://localhost:5000',
    },
  ],
  handle: handleRun,
};

async function handleRun(
  { arguments: [text = ''], options }: CommandInput,
  services: Services,
): Promise<void> {
  const container = await readContainer(options, services);
  const target = await readTarget(text, options, services);
  const [engine, dockerConfig] = await Promise.all([services.engine(), services.dockerConfig()]);
  const { run } = await import('../actions/run.ts');
  await run(
    { target, container },
    {
      engine,
      dockerConfig,
      buildPorts: () => buildPorts(services, option.storeFlags(options)),
      announce: (served) => services.answer(answerOf(served)),
    },
    services,
  );
}

async function readTarget(
  text: string,
  options: OptionReader,
  services: Services,
): Promise<RunRequest['target']> {
  const target = classifyTarget(text, { isModelFolder: await services.isModelFolder(text) });
  const pull = options.required('pull') as PullPolicy;
  const platform = parseOnePlatform(options.value('platform'));
  if (target.kind === 'image') {
    const misplaced = MODEL_OPTIONS.find(({ name }) => options.isTyped(name));
    if (misplaced !== undefined)
      throw usage(
        `--${misplaced.name} is for a model, and '${text}' is an image`,
        'the folder of a model is written with a slash, such as ./model',
      );
    return {
      kind: 'image',
      image: withoutUndefined({ reference: parseImageReference(text), platform, pull }),
    };
  }
  const platforms = platform === undefined ? [] : [platform];
  const buildFor = { platforms, cacheFrom: [], cacheTo: 'none' } as const;
  const input = { model: text, options, content: { labels: {}, env: {}, modelSource: 'baked' } } as const;
  const build = await readBuildRequest(
    {
      ...input,
      tags: (prepared) => [localTag(prepared)],
      afterBuild: 'keep',
      pullBase: pull,
      target: buildFor,
    },
    services,
  );
  return { kind: 'model', build };
}

function checkTogether(options: OptionReader): void {
  if (options.flag('rm') && options.flag('keep')) throw usage('--rm and --keep exclude each other');
  const restart = options.value('restart') ?? 'no';
  if (restart === 'no') return;
  if (options.flag('rm')) throw usage('--rm and --restart exclude each other');
  if (!options.flag('detach'))
    throw usage(
      '--restart is for a container that goes on without caisson',
      'add --detach: in the foreground, the container is removed when it ends',
    );
}

async function readContainer(options: OptionReader, services: Services): Promise<ContainerRequest> {
  checkTogether(options);
  const { uri: trackingUri, registryUri, credentials } = await services.tracking(option.storeFlags(options));
  const env = { env: options.list('env'), envFiles: options.list('env-file') };
  return withoutUndefined({
    confinement: readConfinement(options),
    labels: parseLabels(options.list('label')),
    extraHosts: options.list('add-host').map(parseAddHost),
    ports: options.list('publish').flatMap(parsePublish),
    platform: parseOnePlatform(options.value('platform')),
    env: await readContainerEnv(env, services),
    volumes: options.list('volume').map((text) => parseVolume(text, services.workingFolder)),
    mode: options.flag('detach') ? ('detached' as const) : ('foreground' as const),
    atEnd: options.flag('rm') ? ('remove' as const) : ('keep' as const),
    afterStop: options.flag('keep') ? ('keep' as const) : ('remove' as const),
    readyTimeoutMs: parseSeconds(options.required('ready-timeout'), 'ready-timeout'),
    tracking: { trackingUri, registryUri, credentials },
  });
}

function answerOf({ url, containerId, containerName, image, loadSeconds }: Served): Answer {
  return {
    lines: url === undefined ? [] : [url],
    json: withoutUndefined({
      command: 'run',
      url,
      container: { id: containerId, name: containerName },
      image,
      loadSeconds,
    }),
  };
}
