import type { RestartPolicy } from '../../engine/container-limits.ts';
import { usage } from './usage.ts';

const NAMES: readonly RestartPolicy['name'][] = ['no', 'always', 'unless-stopped', 'on-failure'];

/** Docker's `--restart`: a policy, on-failure with a number of times. Throws USAGE. */
export function parseRestart(text: string): RestartPolicy {
  const [, word, retries] = /^([a-z-]+)(?::(\d{1,6}))?$/.exec(text) ?? [];
  const name = NAMES.find((each) => each === word);
  if (name === undefined || (retries !== undefined && name !== 'on-failure'))
    throw usage(
      `'${text}' for --restart is not a policy`,
      'one of no, always, unless-stopped, on-failure[:3]',
    );
  return retries === undefined ? { name } : { name, maximumRetries: Number(retries) };
}
