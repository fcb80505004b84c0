import { createHash } from 'node:crypto';
import { withoutUndefined } from '../../core/objects.ts';
import { sortedJson } from '../../core/sorted-json.ts';
import { derivedUuid } from './derived-uuid.ts';
import { isModel, type BillOfMaterials, type BomPart } from './parts.ts';

const PURPOSES = {
  model: 'OTHER',
  library: 'LIBRARY',
  interpreter: 'APPLICATION',
  'operating-system': 'OPERATING-SYSTEM',
} as const satisfies Record<BomPart['kind'], string>;

const IMAGE_ID = 'SPDXRef-image';
/** SPDX wants a time; this one says that there is none. */
const NO_TIME = '1970-01-01T00:00:00Z';
const UNKNOWN = {
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
};

/** SPDX 2.3 in JSON. Equal bills give equal bytes. */
export function spdxJson(bill: BillOfMaterials): string {
  const { image, parts, caissonVersion, createdAt } = bill;
  const content = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: image.name,
    creationInfo: { created: createdAt ?? NO_TIME, creators: [`Tool: caisson-${caissonVersion}`] },
    packages: [imagePackage(image), ...parts.map(packageOf)],
    relationships: relationships(bill),
  };
  const documentNamespace = `urn:uuid:${derivedUuid(JSON.stringify(content))}`;
  return sortedJson({ ...content, documentNamespace });
}

function imagePackage({ name, imageId }: BillOfMaterials['image']): object {
  return {
    SPDXID: IMAGE_ID,
    ...{ name, versionInfo: imageId, ...UNKNOWN },
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    primaryPackagePurpose: 'CONTAINER',
  };
}

function packageOf(part: BomPart): object {
  const { kind, name, version, purl, sha256, location, properties } = part;
  const comment = Object.entries(properties).map(([key, value]) => `${key}: ${value}`);
  return withoutUndefined({
    SPDXID: idOf(part),
    ...{ name, versionInfo: version, ...UNKNOWN },
    downloadLocation: location !== undefined && isDownload(location) ? location : 'NOASSERTION',
    filesAnalyzed: false,
    primaryPackagePurpose: PURPOSES[kind],
    checksums: sha256 === undefined ? undefined : [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs:
      purl === undefined
        ? undefined
        : [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    comment: comment.length === 0 ? undefined : comment.join('; '),
  });
}

function relationships({ parts, modelNeeds }: BillOfMaterials): readonly object[] {
  const needed = new Set(modelNeeds);
  const related = (from: string, type: string, to: string): object => ({
    spdxElementId: from,
    relationshipType: type,
    relatedSpdxElement: to,
  });
  return [
    related('SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE_ID),
    ...parts.map((part) => related(IMAGE_ID, 'CONTAINS', idOf(part))),
    ...parts
      .filter(isModel)
      .flatMap((model) =>
        parts
          .filter(({ ref }) => needed.has(ref))
          .map((part) => related(idOf(model), 'DEPENDS_ON', idOf(part))),
      ),
  ];
}

/** A URI of MLflow's own is no place to download from for anyone else. */
const isDownload = (location: string): boolean => /^(?:(?:git|hg|svn|bzr)\+)?[a-z]+:\/\//.test(location);

/** Letters, digits, dots and dashes are all that SPDX takes; the digest keeps what the slug loses. */
function idOf({ ref, name }: BomPart): string {
  const slug = name.replace(/[^A-Za-z0-9.-]+/g, '-');
  return `SPDXRef-${slug}-${createHash('sha256').update(ref).digest('hex').slice(0, 12)}`;
}
