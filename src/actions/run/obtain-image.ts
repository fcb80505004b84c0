import { CaissonError } from '../../core/errors.ts';
import { runStep } from '../../core/events.ts';
import type { ImageDescription } from '../../engine/port.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../../model/image-reference.ts';
import type { PullPolicy } from '../base-image.ts';
import type { PushPorts, Work } from '../ports.ts';
import { pullFailure } from '../pull-failure.ts';
import { withLogin } from '../registry-login.ts';

export interface ImageWanted {
  readonly reference: ImageReference;
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
  { reference: given, pull }: ImageWanted,
  ports: PushPorts,
  work: Work,
): Promise<ObtainedImage> {
  const reference = withDefaultTag(given);
  const name = formatImageReference(reference);
  const held = pull === 'always' ? undefined : await ports.engine.inspectImage(name);
  if (held !== undefined) return { name, description: held };
  if (pull === 'never') throw notFound(name, 'it is not in the engine and --pull never forbids to fetch it');
  await runStep(work.emit, { step: 'pull', title: `pulling ${name}` }, (step) =>
    withLogin(reference.registry, ports, (credentials) =>
      ports.engine.pull({ reference, credentials }, { step, signal: work.signal }),
    ).catch((error: unknown) => {
      throw pullFailure(error, { what: `image '${name}'`, hint: MISSING_HINT });
    }),
  );
  const pulled = await ports.engine.inspectImage(name);
  if (pulled === undefined) throw notFound(name, 'the engine lost it right after the pull');
  return { name, description: pulled };
}

function notFound(name: string, hint: string): CaissonError {
  return new CaissonError('IMAGE_NOT_FOUND', `image '${name}' is not in the engine`, { hint });
}
