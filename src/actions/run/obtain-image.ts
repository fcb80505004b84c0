import { CaissonError } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { ImageDescription } from '../../engine/port.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../../model/image-reference.ts';
import { formatPlatform, isFor, type Platform } from '../../model/platform.ts';
import type { PullPolicy } from '../base-image.ts';
import type { PushPorts, Work } from '../ports.ts';
import { pullFailure } from '../pull-failure.ts';
import { withLogin } from '../registry-login.ts';

export interface ImageWanted {
  readonly reference: ImageReference;
  /** An image of another platform under the same name does not count. Absent: whatever the name means. */
  readonly platform?: Platform;
  /** Docker's `--pull` of run. */
  readonly pull: PullPolicy;
}

export interface ObtainedImage {
  readonly name: string;
  readonly description: ImageDescription;
}

/** A mistyped model is the usual reason for an image that nobody has. */
const MISSING_HINT =
  'see docker images for what the engine has; the folder of a model is written with a slash, such as ./model';

/** The image in the engine, pulled when it is missing, as docker does. Throws IMAGE_NOT_FOUND, REGISTRY_DENIED, ENGINE_*. */
export async function obtainImage(
  { reference: given, platform, pull }: ImageWanted,
  ports: PushPorts,
  work: Work,
): Promise<ObtainedImage> {
  const reference = withDefaultTag(given);
  const name = formatImageReference(reference);
  const what = `image '${name}'${platform === undefined ? '' : ` for ${formatPlatform(platform)}`}`;
  const held = pull === 'always' ? undefined : await ports.engine.inspectImage(name);
  if (held !== undefined && fits(held, platform)) return { name, description: held };
  if (pull === 'never') throw notFound(what, 'it is not in the engine and --pull never forbids to fetch it');
  await runStep(work.emit, { step: 'pull', title: `pulling ${name}` }, (step) =>
    withLogin(reference.registry, ports, (credentials) =>
      ports.engine.pull(withoutUndefined({ reference, platform, credentials }), {
        step,
        signal: work.signal,
      }),
    ).catch((error: unknown) => {
      throw pullFailure(error, { what, hint: MISSING_HINT });
    }),
  );
  const pulled = await ports.engine.inspectImage(name);
  if (pulled === undefined) throw notFound(what, 'the engine lost it right after the pull');
  if (fits(pulled, platform)) return { name, description: pulled };
  throw notFound(what, `in its registry it is for ${formatPlatform(pulled.platform)}`);
}

function fits(image: ImageDescription, platform: Platform | undefined): boolean {
  return platform === undefined || isFor(platform, image.platform);
}

function notFound(what: string, hint: string): CaissonError {
  return new CaissonError('IMAGE_NOT_FOUND', `${what} is not in the engine`, { hint });
}
