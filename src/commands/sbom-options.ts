import type { SbomRequest } from '../actions/sbom.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseSourceDate } from './grammar/source-date.ts';
import { usage } from './grammar/usage.ts';
import type { Services } from './services.ts';
import type { OptionReader, OptionSpec } from './spec.ts';

export const SBOM: OptionSpec = {
  name: 'sbom',
  kind: 'value',
  placeholder: 'FILE',
  summary: 'write the bill of materials: CycloneDX, or SPDX when FILE ends in .spdx.json',
};

export const SBOM_FORMAT: OptionSpec = {
  name: 'sbom-format',
  kind: 'value',
  placeholder: 'FORMAT',
  summary: 'CycloneDX 1.6 or SPDX 2.3, both in JSON; by the name of the file when not given',
  choices: ['cyclonedx', 'spdx'],
};

type SbomServices = Pick<Services, 'checkOutputFile' | 'writeTextFile' | 'lookup' | 'version'>;

/** Throws USAGE. */
export function readSbom(
  options: OptionReader,
  { checkOutputFile, writeTextFile, lookup, version }: SbomServices,
): SbomRequest | undefined {
  const path = options.value('sbom');
  if (path === undefined) return undefined;
  const format = options.value('sbom-format') as SbomRequest['format'] | undefined;
  return withoutUndefined({
    format: format ?? formatOf(path),
    file: {
      path,
      check: () => checkOutputFile(path),
      write: (text: string) => writeTextFile(path, text),
    },
    caissonVersion: version,
    createdAt: parseSourceDate(lookup('SOURCE_DATE_EPOCH')),
  });
}

function formatOf(path: string): SbomRequest['format'] {
  if (path.endsWith('.spdx.json')) return 'spdx';
  if (path.endsWith('.json')) return 'cyclonedx';
  throw usage(
    `the name '${path}' for --sbom does not say which format`,
    'add --sbom-format cyclonedx or spdx',
  );
}
