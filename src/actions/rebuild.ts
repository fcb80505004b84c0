import { CaissonError, isCaissonError } from '../core/errors.ts';
import { formatImageReference } from '../model/image-reference.ts';
import { buildImage } from './build-image.ts';
import type { BuildPorts, Work } from './ports.ts';
import { rebuildRequest } from './rebuild/build-request.ts';
import { checkTrust, tellCommands } from './rebuild/check-trust.ts';
import { readRecordedImage, type RecordedImage } from './rebuild/recorded-image.ts';
import type { RebuildRequest, RebuildResult } from './rebuild/request.ts';
import { obtainImage } from './run/obtain-image.ts';

/**
 * Builds an image again from what it records: the same model (by digest), the same options, lock and base. Throws RECORD_BROKEN, MODEL_CHANGED,
 * USAGE for what no image records, and what build-image throws.
 */
export async function rebuild(
  request: RebuildRequest,
  ports: BuildPorts,
  work: Work,
): Promise<RebuildResult> {
  const old = await obtainImage({ reference: request.image, pull: 'missing' }, ports, work);
  const recorded = await readRecordedImage(
    { name: formatImageReference(request.image), description: old.description },
    ports,
  );
  const build = rebuildRequest(recorded, request);
  await checkTrust(recorded, request, ports);
  tellCommands(recorded, work);
  tellLimits(recorded, request, work);
  const result = await buildImage(build, ports, work).catch((error: unknown) => {
    throw adviseUpdate(error);
  });
  const description = await ports.engine.inspectImage(result.imageId);
  const layers = description?.layers ?? [];
  const { imageId: previousImageId, layers: oldLayers } = old.description;
  return { ...result, previousImageId, sameLayers: commonStart(oldLayers, layers), layers: layers.length };
}

/** Another caisson may plan other requirements, and another base have another Python. */
function adviseUpdate(error: unknown): unknown {
  if (!isCaissonError(error) || error.code !== 'LOCK_STALE') return error;
  const hint = 'resolve the packages anew with --update';
  return new CaissonError('LOCK_STALE', error.message, { hint, cause: error });
}

/** What may make the new image differ although nothing was asked to. */
function tellLimits(
  { name, lock, baseDigest, request }: RecordedImage,
  { versions, baseImage, caissonVersion }: RebuildRequest,
  { emit }: Work,
): void {
  if (versions === 'newest') return;
  const note = (message: string): void => emit({ type: 'note', message });
  if (lock === undefined) note(`'${name}' holds no lock: its packages are resolved anew`);
  if (baseDigest === undefined && baseImage === undefined)
    note(`the base of '${name}' was never in a registry: it is taken as the engine has it now`);
  if (request.caissonVersion !== caissonVersion)
    note(`'${name}' was built by caisson ${request.caissonVersion}, and this is ${caissonVersion}`);
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((layer, index) => layer !== b[index]);
  return different === -1 ? a.length : different;
}
