import { CaissonError } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import type { ImageDescription } from '../engine/port.ts';
import { withoutUndefined } from '../core/objects.ts';
import { formatImageReference, parseImageReference, withDefaultTag } from '../model/image-reference.ts';
import { formatPlatform, isFor, isSameMachine, type Platform } from '../model/platform.ts';
import type { PushPorts, Work } from './ports.ts';
import { pullFailure } from './pull-failure.ts';
import { withLogin } from './registry-login.ts';

/** Docker's words: fetch when absent, ask the registry in any case, or do without it. */
export type PullPolicy = 'missing' | 'always' | 'never';

export interface BaseRequest {
  readonly baseImage: string;
  readonly pull: PullPolicy;
  /** As asked; absent: the engine's own. */
  readonly platform: Platform | undefined;
  readonly enginePlatform: Platform;
}

/** The label under which the OCI annotations keep the digest of the base. */
const BASE_DIGEST_LABEL = 'org.opencontainers.image.base.digest';

const BASE_HINT = 'name a base that the engine has or can pull with --base-image';

/** A base that the engine has. */
export interface PreparedBase {
  readonly imageId: string;
  /** What records it: nothing for a base that was never in a registry. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Makes sure that the engine has the base, so that its digest is known before the build (BuildKit pulls a base without keeping its
 * name).
 */
export async function prepareBase(
  { baseImage, pull, platform, enginePlatform }: BaseRequest,
  ports: PushPorts,
  work: Work,
): Promise<PreparedBase> {
  const wanted = platform ?? enginePlatform;
  const fits = (image: ImageDescription): boolean =>
    platform === undefined ? isSameMachine(wanted, image.platform) : isFor(platform, image.platform);
  const held = await ports.engine.inspectImage(baseImage);
  const isHeld = held !== undefined && fits(held);
  if (isHeld && pull !== 'always') return described(held, baseImage);
  const what = `the base image '${baseImage}'${isHeld || held === undefined ? '' : ` for ${formatPlatform(wanted)}`}`;
  if (pull === 'never')
    throw new CaissonError('IMAGE_NOT_FOUND', `${what} is not in the engine`, {
      hint: '--pull never forbids to fetch it',
    });
  const reference = withDefaultTag(parseImageReference(baseImage));
  const title = `pulling the base image ${formatImageReference(reference)}`;
  await runStep(work.emit, { step: 'base', title }, (step) =>
    withLogin(reference.registry, ports, (credentials) =>
      ports.engine.pull(withoutUndefined({ reference, platform, credentials }), {
        step,
        signal: work.signal,
      }),
    ).catch((error: unknown) => {
      throw pullFailure(error, { what, hint: BASE_HINT });
    }),
  );
  const pulled = await ports.engine.inspectImage(baseImage);
  if (pulled === undefined)
    throw new CaissonError('ENGINE_FAILED', `the engine pulled '${baseImage}' and does not have it`);
  if (!fits(pulled)) throw otherPlatform(baseImage, { wanted, held: pulled.platform });
  return described(pulled, baseImage);
}

function otherPlatform(
  baseImage: string,
  { wanted, held }: { readonly wanted: Platform; readonly held: Platform },
): CaissonError {
  const [needed, given] = [formatPlatform(wanted), formatPlatform(held)];
  const message = `the base image '${baseImage}' is for ${given}, not for ${needed}`;
  return new CaissonError('IMAGE_NOT_FOUND', message, {
    hint: `name a base for ${needed} with --base-image, or build for its own platform: --platform ${given}`,
  });
}

const described = (image: ImageDescription, baseImage: string): PreparedBase => ({
  imageId: image.imageId,
  labels: digestLabel(image, baseImage),
});

function digestLabel(image: ImageDescription, baseImage: string): Readonly<Record<string, string>> {
  const { registry, repository, digest: asked } = parseImageReference(baseImage);
  if (asked !== undefined) return { [BASE_DIGEST_LABEL]: asked };
  const match = image.repoDigests.find((text) => {
    const known = parseImageReference(text);
    return known.registry === registry && known.repository === repository;
  });
  const digest = match?.slice(match.indexOf('@') + 1);
  return digest === undefined ? {} : { [BASE_DIGEST_LABEL]: digest };
}
