import type { ContainerLimits, GpuRequest, RestartPolicy } from '../../engine/container-limits.ts';
import type { ContainerSpec, PortBinding } from '../../engine/port.ts';
import { formatPlatform } from '../../model/platform.ts';
import { shellQuote } from './shell-quote.ts';

/**
 * The command of docker that starts the same container, for who wants to do it by hand. Variables stand there by name alone, so that no
 * secret is shown: docker takes such values from its caller's environment.
 */
export function dockerRunLine(spec: ContainerSpec): string {
  const words = [
    ...['docker', 'run', '-d'],
    ...option('--name', spec.name),
    ...option('--platform', spec.platform && formatPlatform(spec.platform)),
    ...flag('--rm', spec.atEnd === 'remove'),
    ...spec.ports.flatMap((port) => ['-p', publishOf(port)]),
    ...Object.keys(spec.env).flatMap((name) => ['-e', name]),
    ...repeated('-v', spec.volumes),
    ...repeated(
      '-l',
      Object.entries(spec.labels).map(([key, value]) => `${key}=${value}`),
    ),
    ...repeated('--add-host', spec.extraHosts),
    ...confinementOf(spec),
    ...limitsOf(spec.limits ?? {}),
    ...option('--gpus', spec.gpus && gpusOf(spec.gpus)),
    ...option('--restart', spec.restart && restartOf(spec.restart)),
    spec.image,
    ...spec.command,
  ];
  return words.map(shellQuote).join(' ');
}

const option = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [name, `${value}`];

const flag = (name: string, isSet: boolean): readonly string[] => (isSet ? [name] : []);

const repeated = (name: string, values: readonly string[] = []): readonly string[] =>
  values.flatMap((value) => [name, value]);

function confinementOf(spec: ContainerSpec): readonly string[] {
  const tmpfs = Object.entries(spec.tmpfs ?? {}).map(([path, given]) =>
    given === '' ? path : `${path}:${given}`,
  );
  return [
    ...option('--network', spec.networkMode),
    ...option('--user', spec.user),
    ...flag('--read-only', spec.rootFileSystem === 'read-only'),
    ...repeated('--tmpfs', tmpfs),
    ...repeated('--cap-add', spec.capAdd),
    ...repeated('--cap-drop', spec.capDrop),
    ...repeated('--security-opt', spec.securityOptions),
    ...option('--entrypoint', spec.entrypoint),
  ];
}

function limitsOf(limits: ContainerLimits): readonly string[] {
  const { nanoCpus, ulimits = [] } = limits;
  return [
    ...option('--memory', limits.memoryBytes),
    ...option('--memory-swap', limits.memorySwapBytes),
    ...option('--cpus', nanoCpus === undefined ? undefined : nanoCpus / 1e9),
    ...option('--cpuset-cpus', limits.cpuset),
    ...option('--pids-limit', limits.pids),
    ...option('--shm-size', limits.shmBytes),
    ...repeated(
      '--ulimit',
      ulimits.map(({ name, soft, hard }) => `${name}=${soft}:${hard}`),
    ),
  ];
}

function publishOf({ hostAddress, hostPort, lastHostPort, containerPort, protocol }: PortBinding): string {
  const address = hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress;
  const host = hostPort === 0 ? '' : `${hostPort}`;
  const last = lastHostPort === undefined ? '' : `-${lastHostPort}`;
  const published = [
    address === '' ? [] : [address],
    address === '' && host === '' ? [] : [`${host}${last}`],
  ].flat();
  return `${[...published, containerPort].join(':')}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}

function gpusOf({ driver, count, deviceIds, capabilities }: GpuRequest): string {
  if (count === -1 && driver === undefined && capabilities.length === 1) return 'all';
  const fields = [
    ...(driver === undefined ? [] : [`driver=${driver}`]),
    ...(count === undefined ? [] : [`count=${count}`]),
    ...(deviceIds === undefined ? [] : [`"device=${deviceIds.join(',')}"`]),
    ...(capabilities.length < 2 ? [] : [`"capabilities=${capabilities.join(',')}"`]),
  ];
  return fields.join(',');
}

const restartOf = ({ name, maximumRetries }: RestartPolicy): string =>
  maximumRetries === undefined ? name : `${name}:${maximumRetries}`;
