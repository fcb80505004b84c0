import type { ImageDescription } from '../../engine/port.ts';

/** What `run` wants to know of an image, from the labels that build-image writes. */
export interface ImageKind {
  /** False for an image that caisson did not build: its server reports nothing. */
  readonly isCaisson: boolean;
  readonly modelSource: 'baked' | 'load-at-start';
}

export function readImageKind({ labels }: Pick<ImageDescription, 'labels'>): ImageKind {
  return {
    isCaisson: labels['io.caisson.version'] !== undefined,
    modelSource: labels['io.caisson.model.source'] === 'load-at-start' ? 'load-at-start' : 'baked',
  };
}
