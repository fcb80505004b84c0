import { ENVIRONMENT_OPTIONS } from './environment-options.ts';
import * as option from './image-options.ts';
import type { OptionSpec } from './spec.ts';
import { WHEEL_OPTIONS } from './wheel-folders.ts';

/** What the container is, and what it may do. */
const CONFINEMENT_OPTIONS: readonly OptionSpec[] = [
  { name: 'label', short: 'l', kind: 'list', placeholder: 'KEY=VALUE', summary: 'label of the container' },
  {
    name: 'network',
    kind: 'value',
    placeholder: 'NAME',
    summary: 'network of the container, or host or none',
  },
  {
    name: 'add-host',
    kind: 'list',
    placeholder: 'NAME:ADDRESS',
    summary: 'name that the container knows besides; host-gateway is the address of the engine’s host',
  },
  {
    name: 'user',
    short: 'u',
    kind: 'value',
    placeholder: 'USER[:GROUP]',
    summary: 'whom the container runs as',
  },
  {
    name: 'read-only',
    kind: 'flag',
    summary: 'the container cannot write its own files; images of caisson need no more',
  },
  {
    name: 'tmpfs',
    kind: 'list',
    placeholder: 'PATH[:OPTIONS]',
    summary: 'folder in memory, such as /tmp:size=64m',
  },
  { name: 'cap-add', kind: 'list', placeholder: 'NAME', summary: 'capability to give' },
  { name: 'cap-drop', kind: 'list', placeholder: 'NAME', summary: 'capability to take away, or ALL' },
  { name: 'security-opt', kind: 'list', placeholder: 'OPTION', summary: 'such as no-new-privileges' },
  {
    name: 'entrypoint',
    kind: 'value',
    placeholder: 'PROGRAM',
    summary: 'program to run in the place of the image’s own; nothing tells then when it is ready',
  },
  {
    name: 'restart',
    kind: 'value',
    placeholder: 'POLICY',
    summary: 'no, always, unless-stopped or on-failure[:TIMES]; with --detach',
  },
];

/** What the container may take of its machine. */
const LIMIT_OPTIONS: readonly OptionSpec[] = [
  { name: 'memory', short: 'm', kind: 'value', placeholder: 'SIZE', summary: 'most memory, such as 2g' },
  {
    name: 'memory-swap',
    kind: 'value',
    placeholder: 'SIZE',
    summary: 'memory and swap together; -1: any swap',
  },
  { name: 'cpus', kind: 'value', placeholder: 'NUMBER', summary: 'most processors, such as 1.5' },
  { name: 'cpuset-cpus', kind: 'value', placeholder: 'LIST', summary: 'which processors, such as 0-2' },
  {
    name: 'gpus',
    kind: 'value',
    placeholder: 'GPUS',
    summary: `all, a number, or '"device=0,1"'`,
  },
  { name: 'shm-size', kind: 'value', placeholder: 'SIZE', summary: 'size of /dev/shm' },
  { name: 'pids-limit', kind: 'value', placeholder: 'NUMBER', summary: 'most processes and threads' },
  { name: 'ulimit', kind: 'list', placeholder: 'NAME=SOFT[:HARD]', summary: 'such as nofile=65536' },
];

/** The container, in the words of docker run. */
export const CONTAINER_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'publish',
    short: 'p',
    kind: 'list',
    placeholder: '[[IP:]HOST:]CONTAINER[/udp]',
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
  ...CONFINEMENT_OPTIONS,
  ...LIMIT_OPTIONS,
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
