import { withoutUndefined } from '../../core/objects.ts';
import { sortedJson } from '../../core/sorted-json.ts';
import { derivedUuid } from './derived-uuid.ts';
import { isModel, type BillOfMaterials, type BomPart } from './parts.ts';

const TYPES = {
  model: 'machine-learning-model',
  library: 'library',
  interpreter: 'platform',
  'operating-system': 'operating-system',
} as const satisfies Record<BomPart['kind'], string>;

/** CycloneDX 1.6 in JSON. Equal bills give equal bytes. */
export function cycloneDxJson(bill: BillOfMaterials): string {
  const { image, parts, modelNeeds, caissonVersion, createdAt } = bill;
  const content = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: withoutUndefined({
      timestamp: createdAt,
      tools: { components: [{ type: 'application', name: 'caisson', version: caissonVersion }] },
      component: { type: 'container', 'bom-ref': 'image', name: image.name, version: image.imageId },
    }),
    components: parts.map(component),
    dependencies: [
      { ref: 'image', dependsOn: parts.map(({ ref }) => ref) },
      ...parts.filter(isModel).map(({ ref }) => ({ ref, dependsOn: modelNeeds })),
    ],
  };
  const serialNumber = `urn:uuid:${derivedUuid(JSON.stringify(content))}`;
  return sortedJson({ $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', serialNumber, ...content });
}

function component({ ref, kind, name, version, purl, sha256, location, properties }: BomPart): object {
  const held = Object.entries(properties).map(([key, value]) => ({ name: key, value }));
  return withoutUndefined({
    type: TYPES[kind],
    'bom-ref': ref,
    ...{ name, version, purl },
    hashes: sha256 === undefined ? undefined : [{ alg: 'SHA-256', content: sha256 }],
    externalReferences: location === undefined ? undefined : [{ type: 'distribution', url: location }],
    properties: held.length === 0 ? undefined : held,
  });
}
