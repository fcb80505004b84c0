import type { Engine } from '../engine/port.ts';
import { parseCondaRecord, parseMetadata, type InstalledPackage } from '../model/installed-package.ts';

/** What lies in the environments of an image, whoever installed it: the lock, conda, a command of --run or somebody's templates. */
export interface InstalledPackages {
  readonly model: readonly InstalledPackage[];
  readonly server: readonly InstalledPackage[];
  /** Of the base's own Python, where its image was not made by Debian's packages alone. */
  readonly base: readonly InstalledPackage[];
  readonly conda: readonly InstalledPackage[];
}

const MAX_METADATA = 4_000_000;
const MODEL = {
  path: '/opt/venv',
  maxBytes: MAX_METADATA,
  only: /^(?:lib\/python3\.\d+\/site-packages\/[^/]+\.dist-info\/METADATA|conda-meta\/[^/]+\.json)$/,
};
const SERVER = { path: '/opt/caisson/lib', maxBytes: MAX_METADATA, only: /^[^/]+\.dist-info\/METADATA$/ };
const BASE = {
  path: '/usr/local/lib',
  maxBytes: MAX_METADATA,
  only: /^python3\.\d+\/(?:site|dist)-packages\/[^/]+\.dist-info\/METADATA$/,
};
const CONDA = 'conda-meta/';

/** Reads them out of the image, which is not run. Throws IMAGE_NOT_FOUND, IMAGE_TOO_LARGE, ENGINE_FAILED. */
export async function readInstalledPackages(
  engine: Pick<Engine, 'readImageFiles'>,
  image: string,
): Promise<InstalledPackages> {
  const [model, server, base] = await Promise.all([
    engine.readImageFiles(image, MODEL),
    engine.readImageFiles(image, SERVER),
    engine.readImageFiles(image, BASE),
  ]);
  const records = [...model.keys()].filter((path) => path.startsWith(CONDA));
  return {
    model: metadataIn(model),
    server: metadataIn(server),
    base: metadataIn(base),
    conda: records.flatMap((path) => parseCondaRecord(path.slice(CONDA.length)) ?? []),
  };
}

function metadataIn(files: ReadonlyMap<string, string>): readonly InstalledPackage[] {
  return [...files].flatMap(([path, text]) => (path.startsWith(CONDA) ? [] : (parseMetadata(text) ?? [])));
}
