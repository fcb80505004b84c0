import { withoutUndefined } from '../core/objects.ts';
import type { OwnTemplates } from '../image/template-set.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { Lock } from '../model/lock.ts';
import { handlerDigest } from '../plan/handler-digest.ts';
import { templatesDigest } from '../plan/templates-digest.ts';
import type { ImageRequest } from '../plan/image-plan.ts';
import { parseAsOf } from './grammar/as-of.ts';
import { isSecretName, parseImageEnv } from './grammar/image-env.ts';
import { parseLabels } from './grammar/labels.ts';
import type { BuildAccess } from './build-access.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

export interface ImageRequestInput {
  readonly options: OptionReader;
  readonly buildArgNames: readonly string[];
  /** PEM text, when the context gets one. */
  readonly certificateAuthority: string | undefined;
  /** Python source, when the image gets one. */
  readonly handler: string | undefined;
  readonly environment: ImageRequest['environment'];
  readonly ownTemplates: OwnTemplates | undefined;
  readonly content: ImageContent;
  readonly access: BuildAccess['image'];
  /** Of --lock, when its file is there. */
  readonly lock: Lock | undefined;
  /** Of --find-links. */
  readonly wheelhouse: ImageRequest['wheelhouse'] | undefined;
}

/** What the user puts into the image besides the model. */
export type ImageContent = Pick<ImageRequest, 'labels' | 'env' | 'modelSource'>;

/** --label, --env and --load-at-start. Throws USAGE. */
export function readImageContent(
  options: OptionReader,
  { lookup, emit }: Pick<Services, 'lookup' | 'emit'>,
): ImageContent {
  const env = parseImageEnv(options.list('env'), lookup);
  for (const name of Object.keys(env).filter(isSecretName))
    emit({
      type: 'warning',
      message: `the variable '${name}' looks like a secret, and everyone who has the image can read it`,
      hint: `give it to the container instead: caisson run IMAGE -e ${name}`,
    });
  return {
    labels: parseLabels(options.list('label')),
    env,
    modelSource: options.flag('load-at-start') ? 'load-at-start' : 'baked',
  };
}

/** The options that shape the files of generate and build-image; the builder is added by whoever knows it. Throws USAGE. */
export function readImageRequest(
  {
    options,
    buildArgNames,
    certificateAuthority,
    handler,
    ownTemplates,
    environment,
    content,
    lock,
    wheelhouse,
    access,
  }: ImageRequestInput,
  { version }: Pick<Services, 'version'>,
): Omit<ImageRequest, 'builder'> {
  const asOf = options.value('as-of');
  return withoutUndefined({
    ...content,
    ...access,
    baseImage: checkedBase(options.value('base-image')),
    buildArgNames,
    environment,
    certificateAuthority: certificateAuthority === undefined ? ('none' as const) : ('in-context' as const),
    handlerSha256: handler === undefined ? undefined : handlerDigest(handler),
    mlflow: options.flag('full-mlflow') ? ('full' as const) : ('as-needed' as const),
    asOf: asOf === undefined ? undefined : parseAsOf(asOf),
    lock,
    wheelhouse,
    templatesSha256: ownTemplates === undefined ? undefined : templatesDigest(ownTemplates.files),
    caissonVersion: version,
  });
}

/** As it was written, once it is known to be a reference. Throws IMAGE_REFERENCE_INVALID. */
function checkedBase(text: string | undefined): string | undefined {
  if (text !== undefined) parseImageReference(text);
  return text;
}
