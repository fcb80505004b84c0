import { CaissonError } from '../core/errors.ts';
import type { Engine, ImageDescription } from '../engine/port.ts';
import type { ImageReference } from '../model/image-reference.ts';
import { parseBuildRecord, recordModel } from '../plan/build-record.ts';
import type { DigestedFile, Facts, ImageFacts, ModelFacts } from '../provenance/facts.ts';
import { imageContents, TELLING_FILES, type TellingTexts } from '../provenance/image-contents.ts';
import type { ModelSources } from '../sources/port.ts';
import { readImageFile } from './image-file.ts';
import type { PushPorts, Work } from './ports.ts';
import { obtainImage } from './run/obtain-image.ts';

export type FactsTarget =
  | { readonly kind: 'image'; readonly text: string; readonly reference: ImageReference }
  | { readonly kind: 'model'; readonly text: string };

export interface FactsPorts extends PushPorts {
  readonly sources: ModelSources;
  /** `sha256:<hex>` of a file. */
  readonly digestFile: (path: string, signal: AbortSignal) => Promise<string>;
}

/**
 * What an image (pulled when the engine does not have it) or a model is. Throws RECORD_BROKEN for an image that caisson did not build, and what
 * pulling and the sources throw.
 */
export async function readFacts(target: FactsTarget, ports: FactsPorts, work: Work): Promise<Facts> {
  if (target.kind === 'model') return readModelFacts(target.text, ports, work);
  const { reference, text } = target;
  const { description } = await obtainImage({ reference, pull: 'missing' }, ports, work);
  return readImageFacts({ name: text, description }, ports);
}

export interface DescribedImage {
  readonly name: string;
  readonly description: ImageDescription;
}

/** Out of the files of an image that the engine has; nothing is run. Throws RECORD_BROKEN, LOCK_BROKEN, ENGINE_FAILED. */
export async function readImageFacts(
  { name, description }: DescribedImage,
  { engine }: { readonly engine: Engine },
): Promise<ImageFacts> {
  const { imageId, size, layers, labels } = description;
  const texts = await readTellingFiles(imageId, engine);
  if (texts.record === undefined) throw notOurs(name);
  const { model, request } = parseBuildRecord(texts.record);
  return {
    kind: 'image',
    ...{ name, imageId, size, layers, labels, model, request },
    contents: imageContents(texts),
  };
}

export function notOurs(name: string): CaissonError {
  return new CaissonError('RECORD_BROKEN', `the image '${name}' does not say how it was built`, {
    hint: 'caisson reads what its own build-image records',
  });
}

async function readTellingFiles(imageId: string, engine: Engine): Promise<TellingTexts> {
  const texts = await Promise.all(
    Object.entries(TELLING_FILES).map(
      async ([key, file]) => [key, await readImageFile(engine, imageId, file)] as const,
    ),
  );
  return Object.fromEntries(texts) as TellingTexts;
}

async function readModelFacts(
  text: string,
  { sources, digestFile }: FactsPorts,
  work: Work,
): Promise<ModelFacts> {
  const handle = await sources.resolve(await sources.parse(text), work);
  try {
    const { model } = handle;
    const files: DigestedFile[] = [];
    for (const { path } of model.files)
      files.push({ path, digest: await digestFile(`${model.folder}/${path}`, work.signal) });
    const size = model.files.reduce((sum, file) => sum + file.size, 0);
    return { kind: 'model', name: text, size, model: recordModel(model), files };
  } finally {
    await handle.dispose();
  }
}
