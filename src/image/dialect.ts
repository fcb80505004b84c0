import type { Builder, ImagePlan } from '../plan/image-plan.ts';

/**
 * Which Dockerfile the plan takes. Packages that only the installation needs must not stay in the image, so such a plan takes the one that
 * installs in a stage of its own; BuildKit builds it as well.
 */
export function dialectOf({ builder, buildPackages }: Pick<ImagePlan, 'builder' | 'buildPackages'>): Builder {
  return builder === 'buildkit' && buildPackages.length === 0 ? 'buildkit' : 'classic';
}
