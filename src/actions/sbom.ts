import { CaissonError } from '../core/errors.ts';
import { runStep } from '../core/events.ts';
import { billOfMaterials } from '../provenance/sbom/parts.ts';
import { sbomText, type SbomFormat } from '../provenance/sbom/sbom.ts';
import type { Engine } from '../engine/port.ts';
import { readImageFacts } from './facts.ts';
import { readInstalledPackages } from './installed-packages.ts';
import type { OutputFile, Work } from './ports.ts';

export interface SbomRequest {
  readonly format: SbomFormat;
  readonly file: OutputFile;
  readonly caissonVersion: string;
  /** ISO 8601; absent: the bill has no time. */
  readonly createdAt?: string;
}

export interface BuiltImageName {
  readonly name: string;
  readonly imageId: string;
}

/** Writes the bill of materials of an image that the engine has. Throws OUTPUT_FAILED, RECORD_BROKEN, LOCK_BROKEN, ENGINE_FAILED. */
export async function writeSbom(
  { name, imageId }: BuiltImageName,
  { request, engine }: { readonly request: SbomRequest; readonly engine: Engine },
  work: Work,
): Promise<void> {
  const title = `writing the bill of materials to ${request.file.path}`;
  await runStep(work.emit, { step: 'sbom', title }, async (step) => {
    const description = await engine.inspectImage(imageId);
    if (description === undefined)
      throw new CaissonError('IMAGE_NOT_FOUND', `the image '${name}' is gone from the engine`);
    const facts = await readImageFacts({ name, description }, { engine });
    const installed = await readInstalledPackages(engine, imageId);
    const bill = billOfMaterials(facts, { ...request, installed });
    await request.file.write(sbomText(bill, request.format));
    step.note(`${bill.parts.length} components`);
    if (facts.request.environment.hooks.length > 0)
      work.emit({
        type: 'note',
        message:
          'of what the commands of --run installed, the bill of materials has what Python, conda and Debian know of',
      });
  });
}
