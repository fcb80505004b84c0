import { withoutUndefined } from '../../core/objects.ts';
import type { GpuRequest } from '../../engine/container-limits.ts';
import { csvFields } from './csv-fields.ts';
import { usage } from './usage.ts';

const HINT = `such as all, 2 or '"device=0,1"' (with both kinds of quotes, as for docker)`;

/** Docker's `--gpus` (docker/cli, opts/gpus.go): `all`, a number, or key=value fields. Throws USAGE. */
export function parseGpus(text: string): GpuRequest {
  const values = readFields(text);
  const devices = values.get('device');
  if (devices !== undefined && values.has('count'))
    throw usage(`'${text}' for --gpus has a count and devices`, 'give one of them');
  return withoutUndefined({
    driver: values.get('driver'),
    // docker's default is one
    count: devices === undefined ? parseCount(values.get('count') ?? '1', text) : undefined,
    deviceIds: devices?.split(','),
    capabilities: ['gpu', ...(values.get('capabilities')?.split(',') ?? [])].filter(isFirst),
  });
}

function readFields(text: string): ReadonlyMap<string, string> {
  const fields = csvFields(text);
  if (fields === undefined || text === '') throw invalid(text);
  const values = new Map<string, string>();
  for (const field of fields) {
    const [, key = 'count', value = ''] = /^(?:([a-z]+)=)?(.*)$/s.exec(field) ?? [];
    if (!KEYS.has(key) || value === '' || values.has(key)) throw invalid(text);
    values.set(key, value);
  }
  return values;
}

const KEYS: ReadonlySet<string> = new Set(['count', 'device', 'driver', 'capabilities']);

const isFirst = (item: string, index: number, all: readonly string[]): boolean => all.indexOf(item) === index;

function parseCount(value: string, text: string): number {
  if (value === 'all') return -1;
  if (/^(-1|[1-9]\d{0,3})$/.test(value)) return Number(value);
  throw invalid(text);
}

const invalid = (text: string): Error => usage(`'${text}' for --gpus names no GPUs`, HINT);
