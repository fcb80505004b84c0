import type { ImageReference } from '../../model/image-reference.ts';
import type { ImageRequest } from '../../plan/image-plan.ts';
import type { BuildImageRequest, BuildImageResult } from '../build/request.ts';

/** What an image does not record, or what is to be other than recorded. */
export interface RebuildRequest extends Pick<
  BuildImageRequest,
  | 'buildArgs'
  | 'cache'
  | 'networkMode'
  | 'certificateAuthority'
  | 'wheels'
  | 'sourceDateEpoch'
  | 'ownTemplates'
  | 'secrets'
  | 'sshSocket'
  | 'selfTest'
  | 'afterBuild'
  | 'signing'
  | 'sbom'
> {
  readonly image: ImageReference;
  /** Where the model is now; absent: at the recorded URI. */
  readonly model?: string;
  /** A base to move to. */
  readonly baseImage?: string;
  /** `recorded`: the lock and the base by digest; `newest`: packages are resolved anew, and the tag of the base is asked for. */
  readonly versions: 'recorded' | 'newest';
  readonly builder?: BuildImageRequest['builder'];
  readonly tags: readonly ImageReference[];
  /** Names of the given build arguments, also of those without a value. */
  readonly buildArgNames: readonly string[];
  /** Absent: those that the image records. */
  readonly indexes?: Pick<ImageRequest, 'indexUrl' | 'extraIndexUrls'>;
  /** Absent: what the image records. */
  readonly pipOptions?: ImageRequest['pipOptions'];
  /** Of the wheels. */
  readonly wheelhouse?: ImageRequest['wheelhouse'];
  /** Of what is given. */
  readonly secretNames: ImageRequest['secrets'];
  readonly caissonVersion: string;
  /** Whether what the image decides on (base, indexes, commands) may see secrets and the like. */
  readonly recordedSteps: 'trusted' | 'without-secrets';
}

export interface RebuildResult extends BuildImageResult {
  readonly previousImageId: string;
  /** How many layers from the base on are the same in both. */
  readonly sameLayers: number;
  readonly layers: number;
}
