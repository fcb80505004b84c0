import type { SelfTestRequest } from '../actions/self-test/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseAssignment, resolveAssignments } from './grammar/assignment.ts';
import { parseBytes } from './grammar/bytes.ts';
import { parseSeconds } from './grammar/seconds.ts';
import { MAX_REQUESTS_BYTES, parseSelfTestRequests } from './grammar/self-test-requests.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

/** What is tested between build and push, and with how much freedom. */
export const SELF_TEST_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'self-test',
    kind: 'value',
    placeholder: 'FILE',
    summary: 'requests that the image must answer, one JSON object a line, besides the model’s own example',
  },
  { name: 'no-self-test', kind: 'flag', summary: 'do not run the image before it is pushed' },
  {
    name: 'self-test-network',
    kind: 'value',
    placeholder: 'MODE',
    summary: 'network of the image while it is tested, such as bridge',
    default: 'none',
  },
  {
    name: 'self-test-env',
    kind: 'list',
    placeholder: 'NAME[=VALUE]',
    summary: 'variable of the image while it is tested; without a value, the variable of this name',
  },
  {
    name: 'self-test-memory',
    kind: 'value',
    placeholder: 'BYTES',
    summary: 'most memory of the image while it is tested, such as 2g',
  },
  {
    name: 'self-test-timeout',
    kind: 'value',
    placeholder: 'SECONDS',
    summary: 'how long the tested image may take to be ready, and for each answer',
    default: '300',
  },
];

/** undefined with --no-self-test. Values of variables are hidden from then on. Throws USAGE, FILE_NOT_READABLE. */
export async function readSelfTest(
  options: OptionReader,
  services: Pick<Services, 'lookup' | 'readSmallFile' | 'hide'>,
): Promise<SelfTestRequest | undefined> {
  if (options.flag('no-self-test')) return undefined;
  const given = options.list('self-test-env').map((text) => parseAssignment(text, 'self-test-env'));
  const env = resolveAssignments(given, services.lookup);
  services.hide(...Object.values(env));
  const memory = options.value('self-test-memory');
  return withoutUndefined({
    networkMode: networkMode(options.required('self-test-network')),
    env,
    memoryBytes: memory === undefined ? undefined : parseBytes(memory, 'self-test-memory'),
    timeoutMs: parseSeconds(options.required('self-test-timeout'), 'self-test-timeout'),
    requests: await readRequests(options.value('self-test'), services),
  });
}

async function readRequests(
  path: string | undefined,
  { readSmallFile }: Pick<Services, 'readSmallFile'>,
): Promise<readonly string[]> {
  if (path === undefined) return [];
  return parseSelfTestRequests(await readSmallFile(path, MAX_REQUESTS_BYTES), path);
}

function networkMode(text: string): string {
  if (/^[\w][\w.:-]*$/.test(text)) return text;
  throw usage(`'${text}' for --self-test-network is not a network`, 'none, bridge, host or the name of one');
}
