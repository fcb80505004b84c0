import type { DebianPackage, Distribution } from '../model/debian-packages.ts';
import type { LockedPackage } from '../model/lock-file.ts';
import type { BuildRecord, RecordedModel } from '../plan/build-record.ts';

/** What an image or a model is: read once, then compared, shown or made a bill of materials. */
export type Facts = ImageFacts | ModelFacts;

export interface ImageFacts {
  readonly kind: 'image';
  /** As the user named it. */
  readonly name: string;
  readonly imageId: string;
  /** Bytes. */
  readonly size: number;
  /** Digests of the layers' content, the base's first. */
  readonly layers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly model: RecordedModel;
  readonly request: BuildRecord['request'];
  readonly contents: ImageContents;
}

/** What is installed in an image, as far as its files tell. */
export interface ImageContents {
  /** Full version of the Python in its virtual environment, such as 3.11.2. */
  readonly pythonVersion?: string;
  /** The model's packages, from the lock in the image; absent without one. */
  readonly packages?: readonly LockedPackage[];
  /** The server's own, installed apart from them. */
  readonly serverPackages: readonly LockedPackage[];
  readonly distribution?: Distribution;
  /** Absent when dpkg did not install the base. */
  readonly systemPackages?: readonly DebianPackage[];
}

export interface ModelFacts {
  readonly kind: 'model';
  /** As the user named it. */
  readonly name: string;
  /** Bytes of all its files. */
  readonly size: number;
  readonly model: RecordedModel;
  readonly files: readonly DigestedFile[];
}

export interface DigestedFile {
  /** Relative to the model's folder. */
  readonly path: string;
  /** `sha256:<hex>` */
  readonly digest: string;
}
