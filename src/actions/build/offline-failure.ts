import { CaissonError, isCaissonError } from '../../core/errors.ts';
import type { ImagePlan } from '../../plan/image-plan.ts';

/** What uv and pip say of a package that no folder has, or not for this Python and machine. */
const LACKING = [
  /(?<what>\S+) was not found in the provided package locations/g,
  /there (?:is no version|are no versions) of (?<what>\S+)/g,
  /only the following versions? of (?<what>\S+) (?:is|are) available/g,
  /(?<what>\S+) has no wheels with a matching/g,
  /No matching distribution found for (?<what>\S+)/g,
];

/** An offline build that failed because the folders lack something, told as that; every other failure stays what it is. */
export function offlineFailure(error: unknown, { wheelhouse }: Pick<ImagePlan, 'wheelhouse'>): unknown {
  if (wheelhouse?.use !== 'only' || !isCaissonError(error) || error.code !== 'BUILD_FAILED') return error;
  const detail = error.detail ?? '';
  // uv writes the marker of a requirement behind its name
  const told = detail.replace(/\{[^{}]*\}/g, '');
  const found = LACKING.flatMap((pattern) => [...told.matchAll(pattern)]).flatMap(
    ({ groups }) => groups?.['what']?.replace(/[,.;:]+$/, '') ?? [],
  );
  const names = [...new Set(found)];
  if (names.length === 0) return error;
  return new CaissonError(
    'WHEELS_MISSING',
    `the folder of --find-links lacks ${names.join(', ')}, for the Python and the machine of the image`,
    {
      hint: "where there is a network, fill it with pip download, on the image's platform and Python or with pip's --platform and --python-version",
      detail: detail.slice(detail.indexOf('\n') + 1).trim(),
      cause: error,
    },
  );
}
