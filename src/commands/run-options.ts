import { ENVIRONMENT_OPTIONS } from './environment-options.ts';
import * as option from './image-options.ts';
import type { OptionSpec } from './spec.ts';
import { WHEEL_OPTIONS } from './wheel-folders.ts';

/** The container, in the words of docker run. */
export const CONTAINER_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'publish',
    short: 'p',
    kind: 'list',
    placeholder: '[[IP:]HOST:]CONTAINER',
    summary: 'publish a port of the container; 127.0.0.1:5001:5001 when not given',
  },
  {
    name: 'env',
    short: 'e',
    kind: 'list',
    placeholder: 'NAME[=VALUE]',
    summary: 'variable for the container; without a value, the variable of this name',
  },
  { name: 'env-file', kind: 'list', placeholder: 'FILE', summary: 'file with one NAME=VALUE a line' },
  {
    name: 'volume',
    short: 'v',
    kind: 'list',
    placeholder: 'SOURCE:TARGET[:OPTIONS]',
    summary: 'bind a folder or a volume',
  },
  { name: 'name', kind: 'value', placeholder: 'NAME', summary: 'name of the container' },
  {
    name: 'detach',
    short: 'd',
    kind: 'flag',
    summary: 'leave the container running when it is ready',
  },
  { name: 'rm', kind: 'flag', summary: 'remove a detached container when it ends; others always are' },
  { name: 'keep', kind: 'flag', summary: 'keep the container when it ended or failed' },
  {
    name: 'pull',
    kind: 'value',
    placeholder: 'WHEN',
    summary: 'fetch the image from its registry',
    choices: ['missing', 'always', 'never'],
    default: 'missing',
  },
  {
    name: 'platform',
    kind: 'value',
    placeholder: 'OS/ARCH',
    summary: 'which of the platforms of the image, or to build MODEL for',
  },
  {
    name: 'ready-timeout',
    kind: 'value',
    placeholder: 'SECONDS',
    summary: 'how long the server may take to be ready',
    default: '300',
  },
];

/** Only of use when a model is built first. No --network: docker run means the container’s network by it. */
export const MODEL_OPTIONS: readonly OptionSpec[] = [
  option.BASE_IMAGE,
  option.BUILD_ARG,
  option.NO_CACHE,
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
  option.HANDLER,
  option.TEMPLATES,
  option.BUILDER,
].map((spec) => ({ ...spec, summary: `${spec.summary} (MODEL only)` }));
