import type { BuildRequest } from '../../engine/port.ts';
import type { ImageReference } from '../../model/image-reference.ts';
import type { Lock } from '../../model/lock.ts';
import type { ResolvedModel } from '../../model/resolved-model.ts';
import type { Builder } from '../../plan/image-plan.ts';
import type { PullPolicy } from '../base-image.ts';
import type { ContextRequest, PreparedContext } from '../build-context.ts';
import type { PushedImage } from '../push.ts';
import type { SbomRequest } from '../sbom.ts';
import type { Signing } from '../sign.ts';

export interface BuildImageRequest extends Omit<ContextRequest, 'image'> {
  readonly image: Omit<ContextRequest['image'], 'builder'>;
  readonly builder: Builder | 'auto';
  /** May depend on the model and the plan: `run` names an image after what is in it. */
  readonly tags: (prepared: Pick<PreparedContext, 'model' | 'plan'>) => readonly ImageReference[];
  /** The user's; the proxies of docker's config.json are added to them. */
  readonly buildArgs: BuildRequest['buildArgs'];
  readonly networkMode?: string;
  readonly cache: BuildRequest['cache'];
  readonly pullBase: PullPolicy;
  readonly afterBuild: 'keep' | 'push';
  /** What is pushed is signed, too. */
  readonly signing?: Signing;
  readonly sbom?: SbomRequest;
  /** `anew`: neither a lock of an earlier build nor the engine's cache of one is taken. */
  readonly resolution?: 'anew';
  /** Told which lock the image has. */
  readonly keepLock?: (lock: Lock) => Promise<void>;
}

export interface BuildImageResult {
  readonly imageId: string;
  readonly images: readonly (PushedImage | { readonly reference: string })[];
  readonly builder: Builder;
  readonly baseImage: string;
  readonly model: ResolvedModel;
}
