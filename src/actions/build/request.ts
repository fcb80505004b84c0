import type { BuildRequest } from '../../engine/port.ts';
import type { ImageReference } from '../../model/image-reference.ts';
import type { Lock } from '../../model/lock.ts';
import type { Platform } from '../../model/platform.ts';
import type { ResolvedModel } from '../../model/resolved-model.ts';
import type { Builder } from '../../plan/image-plan.ts';
import type { PullPolicy } from '../base-image.ts';
import type { ContextRequest, PreparedContext } from '../build-context.ts';
import type { PushedImage } from '../push.ts';
import type { SbomRequest } from '../sbom.ts';
import type { Signing } from '../sign.ts';
import type { SelfTestRequest, SelfTestResult } from '../self-test/request.ts';
import type { PushedIndex } from './push-index.ts';

export interface BuildImageRequest extends Omit<ContextRequest, 'image'> {
  readonly image: Omit<ContextRequest['image'], 'builder'>;
  readonly builder: Builder | 'auto';
  /** May depend on the model and the plan: `run` names an image after what is in it. */
  readonly tags: (prepared: Pick<PreparedContext, 'model' | 'plan'>) => readonly ImageReference[];
  /** The user's; the proxies of docker's config.json are added to them. */
  readonly buildArgs: BuildRequest['buildArgs'];
  readonly networkMode?: string;
  /** The values of image.secrets. */
  readonly secrets?: BuildRequest['secrets'];
  readonly sshSocket?: BuildRequest['sshSocket'];
  readonly sourceDateEpoch?: BuildRequest['sourceDateEpoch'];
  readonly cache: BuildRequest['cache'];
  readonly cacheFrom: readonly ImageReference[];
  readonly cacheTo: 'inline' | 'none';
  /** Empty: the engine's own. Several are pushed together, under an index. */
  readonly platforms: readonly Platform[];
  readonly pullBase: PullPolicy;
  /** Between build and push; absent: skipped. */
  readonly selfTest?: SelfTestRequest;
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
  /** Of several platforms, the one that the engine keeps under the tags: its own, else the first. */
  readonly imageId: string;
  readonly images: readonly (PushedImage | PushedIndex | { readonly reference: string })[];
  readonly builder: Builder;
  readonly baseImage: string;
  readonly model: ResolvedModel;
  /** Absent when it was skipped. */
  readonly selfTest?: SelfTestResult;
  /** Of several platforms, in their order. */
  readonly selfTests?: readonly { readonly platform: string; readonly selfTest: SelfTestResult }[];
}
