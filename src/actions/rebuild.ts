import { CaissonError, isCaissonError } from '../core/errors.ts';
import { formatImageReference } from '../model/image-reference.ts';
import { buildImage } from './build-image.ts';
import { hasUserInfo } from '../plan/index-urls.ts';
import type { BuildPorts, Work } from './ports.ts';
import { rebuildRequest } from './rebuild/build-request.ts';
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

/**
 * Whoever made an image chose what its build does: base, indexes and commands. Throws USAGE when that could read what only the user knows, and
 * nobody said that it may.
 */
async function checkTrust(
  recorded: RecordedImage,
  asked: RebuildRequest,
  ports: Pick<BuildPorts, 'engine' | 'dockerConfig'>,
): Promise<void> {
  if (asked.recordedSteps === 'trusted') return;
  const readable = await readableInBuild(asked, ports);
  if (readable.length === 0) return;
  const { name, request } = recorded;
  const chosen = [
    `the base '${request.baseImage ?? 'of its Python'}'`,
    ...[request.indexUrl ?? [], request.extraIndexUrls].flat().map((url) => `the index ${url}`),
    ...request.environment.hooks.map((hook) => `the command ${JSON.stringify(hook)}`),
  ];
  throw new CaissonError(
    'USAGE',
    `the image '${name}' decides what its build runs, which could read ${readable.join(' and ')}`,
    {
      hint: 'when you trust whoever made the image, add --trust-image',
      detail: `it chose ${chosen.join(', ')}`,
    },
  );
}

async function readableInBuild(
  { secretNames, buildArgs }: RebuildRequest,
  { engine, dockerConfig }: Pick<BuildPorts, 'engine' | 'dockerConfig'>,
): Promise<readonly string[]> {
  const { address } = await engine.describe();
  const proxies = Object.values(await dockerConfig.proxyVariables(address));
  return [
    ...(secretNames.ids.length > 0 ? ['the secrets'] : []),
    ...(secretNames.ssh === 'agent' ? ['the ssh agent'] : []),
    ...(Object.keys(buildArgs).length > 0 ? ['the build arguments'] : []),
    ...(proxies.some(hasUserInfo) ? ["the login of docker's proxy"] : []),
  ];
}

/** They run as root in the build, and whoever made the image chose them. */
function tellCommands({ name, request }: RecordedImage, { emit }: Work): void {
  const { hooks } = request.environment;
  if (hooks.length === 0) return;
  const shown = hooks.map((hook) => JSON.stringify(hook)).join(', ');
  emit({ type: 'note', message: `building '${name}' again runs what it records: ${shown}` });
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
