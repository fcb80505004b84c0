import type { ContainerLimits, Ulimit } from '../../engine/container-limits.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { OptionReader } from '../spec.ts';
import { parseBytes, parseSize } from './bytes.ts';
import { usage } from './usage.ts';

/** The limits of a container, by docker's rules. undefined when none is given. Throws USAGE. */
export function readLimits(options: OptionReader): ContainerLimits | undefined {
  const given = <T>(name: string, parse: (text: string, option: string) => T): T | undefined => {
    const text = options.value(name);
    return text === undefined ? undefined : parse(text, name);
  };
  const limits: ContainerLimits = withoutUndefined({
    memoryBytes: given('memory', parseBytes),
    memorySwapBytes: given('memory-swap', parseSwap),
    nanoCpus: given('cpus', parseCpus),
    cpuset: given('cpuset-cpus', parseCpuset),
    pids: given('pids-limit', parsePids),
    shmBytes: given('shm-size', parseSize),
    ulimits: emptyToUndefined(options.list('ulimit').map(parseUlimit)),
  });
  checkSwap(limits);
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/** The engine's own words for these are of no use to who typed them. */
function checkSwap({ memoryBytes, memorySwapBytes }: ContainerLimits): void {
  if (memorySwapBytes === undefined || memorySwapBytes === -1) return;
  if (memoryBytes === undefined)
    throw usage('--memory-swap needs --memory', 'it is memory and swap together');
  if (memorySwapBytes < memoryBytes)
    throw usage('--memory-swap is less than --memory', 'it is memory and swap together');
}

const emptyToUndefined = <T>(list: readonly T[]): readonly T[] | undefined =>
  list.length === 0 ? undefined : list;

function parseSwap(text: string, option: string): number {
  return text === '-1' ? -1 : parseBytes(text, option);
}

const BILLION = 1_000_000_000;

/** A part of a billionth is more than anything counts. */
export function parseCpus(text: string, option: string): number {
  const nano = /^\d{1,6}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * BILLION) : 0;
  if (nano > 0) return nano;
  throw usage(`'${text}' for --${option} is not a number of processors`, 'such as 2 or 0.5');
}

function parseCpuset(text: string, option: string): string {
  if (/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return text;
  throw usage(`'${text}' for --${option} names no processors`, 'such as 0-2 or 0,2');
}

function parsePids(text: string, option: string): number {
  if (/^(-1|\d{1,9})$/.test(text)) return Number(text);
  throw usage(`'${text}' for --${option} is not a number of processes`, '-1 is no limit');
}

/** docker/go-units: `nofile=1024:2048`; one number is both. */
export function parseUlimit(text: string): Ulimit {
  const [, name = '', soft = '', hard = soft] = /^([a-z]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(text) ?? [];
  if (!ULIMITS.has(name)) throw usage(`'${text}' for --ulimit is not a limit`, ULIMIT_HINT);
  const limit = { name, soft: Number(soft), hard: Number(hard) };
  if (limit.hard === -1 || (limit.soft !== -1 && limit.soft <= limit.hard)) return limit;
  throw usage(`'${text}' for --ulimit has a soft limit above the hard one`, ULIMIT_HINT);
}

const ULIMIT_HINT = 'such as nofile=65536 or nofile=1024:65536';
const ULIMITS: ReadonlySet<string> = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
);
