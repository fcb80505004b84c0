import type { Measured } from './request.ts';

const MIB = 1024 * 1024;

/** What was measured, for people: `ready in 1.2 s, 98 MiB, 1 request`. */
export function figures({ loadSeconds, memoryBytes, requests }: Measured): string {
  const count = requests.length;
  return [
    ...(loadSeconds === undefined ? [] : [`ready in ${loadSeconds.toFixed(1)} s`]),
    ...(memoryBytes === undefined ? [] : [`${Math.round(memoryBytes / MIB)} MiB`]),
    count === 0 ? 'nothing asked' : `${count} request${count === 1 ? '' : 's'}`,
  ].join(', ');
}
