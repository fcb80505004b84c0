import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycloneDxJson } from '../../../src/provenance/sbom/cyclonedx.ts';
import { billOfMaterials, type BillInput } from '../../../src/provenance/sbom/parts.ts';
import { spdxJson } from '../../../src/provenance/sbom/spdx.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { imageFacts, installedIn, type ImageChanges } from '../../support/image-facts.ts';

const MADE = { caissonVersion: '0.1.0' };
const bill = (changes: ImageChanges = {}, more: Partial<BillInput['installed']> = {}) => {
  const facts = imageFacts(changes);
  return billOfMaterials(facts, { ...MADE, installed: { ...installedIn(facts), ...more } });
};

/** The schemas that CycloneDX publishes, as its own library carries them. */
const SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);
const schema = (name: string): AnySchemaObject =>
  JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8')) as AnySchemaObject;

const ajv = new Ajv({ strict: false, allErrors: true });
(addFormats as unknown as typeof addFormats.default)(ajv);
// what ajv-formats does not know: the schema wants an IRI and an address in international letters
ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/);
ajv.addFormat('idn-email', true);
for (const name of ['jsf-0.82', 'spdx'])
  ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
const validate = ajv.compile(schema('bom-1.6'));

function expectValid(text: string): void {
  void validate(JSON.parse(text));
  expect(validate.errors).toBeNull();
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
}

describe('a CycloneDX bill of materials', () => {
  it('is valid by the published schema', () => {
    expectValid(cycloneDxJson(bill()));
    expectValid(cycloneDxJson({ ...bill(), createdAt: '2026-01-02T03:04:05Z' }));
    const origin = {
      uri: 'models:/iris@champion',
      pinnedUri: 'models:/iris/7',
      registeredName: 'iris',
      registeredVersion: 7,
    };
    expectValid(cycloneDxJson(bill({ model: { origin } })));
  });

  it('is refused by the schema when something is wrong: the check bites', () => {
    const content = JSON.parse(cycloneDxJson(bill())) as { components: Record<string, unknown>[] };
    content.components[0]!['type'] = 'model';
    expect(validate(content)).toBe(false);
  });

  it('is valid whatever the model and its requirements are called', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const origin = { uri: `models:/${name}/1`, registeredName: name, registeredVersion: 1 };
        const facts = imageFacts();
        const model = { ...facts.model, ...origin, name, origin: 'store' as const };
        expectValid(
          cycloneDxJson(billOfMaterials({ ...facts, model }, { ...MADE, installed: installedIn(facts) })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('names every part once, and refers to no other', () => {
    const content = JSON.parse(cycloneDxJson(bill())) as {
      components: Component[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    const refs = content.components.map((each) => each['bom-ref']);
    expect(refs).toEqual([...new Set(refs)].sort());
    expect(refs).toEqual([
      'model',
      'os:debian',
      'pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12',
      'pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12',
      'pkg:generic/python@3.11.2',
      'pkg:pypi/h11@0.16.0',
      'pkg:pypi/local@1.0',
      'pkg:pypi/mlflow@3.17.2',
      'pkg:pypi/own?download_url=https%3A%2F%2Ffiles.test%2Fown-1.0-py3-none-any.whl',
      'pkg:pypi/packaging@26.3',
      'pkg:pypi/scikit-learn@1.9.1',
      'pkg:pypi/tool?vcs_url=git%2Bhttps%3A%2F%2Fgit.test%2Ftool%400123456789abcdef',
      'pkg:pypi/torch@2.4.1%2Bcpu',
      'pkg:pypi/uvloop@0.23.0',
    ]);
    for (const { ref, dependsOn } of content.dependencies)
      for (const each of dependsOn) expect(refs, ref).toContain(each);
    expect(content.dependencies.at(-1)).toEqual({
      ref: 'model',
      dependsOn: ['pkg:pypi/mlflow@3.17.2', 'pkg:pypi/scikit-learn@1.9.1'],
    });
  });

  it('has what is installed, whoever installed it, and of the lock only what is', () => {
    const model = [
      { name: 'scikit-learn', version: '1.9.1' },
      { name: 'by-a-hook', version: '2' },
    ];
    const conda = [{ name: 'libxgboost', version: '2.1' }];
    const { parts } = bill({}, { model, conda });
    const purls = parts.flatMap(({ purl = '' }) => (/pypi|conda/.test(purl) ? [purl] : []));
    expect(purls).toEqual([
      'pkg:conda/libxgboost@2.1',
      'pkg:pypi/by-a-hook@2',
      'pkg:pypi/h11@0.16.0',
      'pkg:pypi/packaging@26.3',
      'pkg:pypi/scikit-learn@1.9.1',
      'pkg:pypi/uvloop@0.23.0',
    ]);
    expect(parts.find(({ name }) => name === 'scikit-learn')?.sha256).toBe('4a'.repeat(32));
  });

  it('gives a wheel of the model the name and the version that it installed', () => {
    const lock = 'wheels/own_thing-1.0-py3-none-any.whl \\\n    --hash=sha256:' + '5a'.repeat(32) + '\n';
    const { parts } = bill({ lock }, { model: [{ name: 'own-thing', version: '1.0' }] });
    expect(parts).toContainEqual(
      expect.objectContaining({ purl: 'pkg:pypi/own-thing@1.0', sha256: '5a'.repeat(32) }),
    );
  });

  it('says in which environments a package lies', () => {
    const pip = { name: 'packaging', version: '26.3' };
    const { parts } = bill({}, { model: [pip], base: [pip, { name: 'pip', version: '25.3' }] });
    const environmentOf = (wanted: string) =>
      parts.find(({ name }) => name === wanted)?.properties['caisson:environment'];
    expect(environmentOf('packaging')).toBe('model server base');
    expect(environmentOf('pip')).toBe('base');
  });

  it('takes the part of MLflow that serves for the MLflow that the model declares', () => {
    const model = [{ name: 'mlflow-skinny', version: '3.17.2' }];
    expect(bill({ lock: 'mlflow-skinny==3.17.2\n' }, { model }).modelNeeds).toEqual([
      'pkg:pypi/mlflow-skinny@3.17.2',
    ]);
  });

  it('is the same bytes for the same image, and another for another', () => {
    expect(cycloneDxJson(bill())).toBe(cycloneDxJson(bill()));
    const serial = (text: string) => (JSON.parse(text) as { serialNumber: string }).serialNumber;
    expect(serial(cycloneDxJson(bill()))).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab]/);
    expect(serial(cycloneDxJson(bill({ lock: 'six==1.16.0\n' })))).not.toBe(serial(cycloneDxJson(bill())));
  });

  it('leaves the model out of an image that loads it at start', () => {
    const loaded = bill({ request: { modelSource: 'load-at-start' } });
    expect(loaded.parts.filter(({ kind }) => kind === 'model')).toEqual([]);
    expectValid(cycloneDxJson(loaded));
  });

  it('has no component that may be installed from several files with the hash of one', () => {
    const hashes = Object.fromEntries(bill().parts.map(({ name, sha256 }) => [name, sha256]));
    expect(hashes['mlflow']).toBeUndefined();
    expect(hashes['scikit-learn']).toBe('4a'.repeat(32));
  });
});

describe('an SPDX bill of materials', () => {
  // its published schema is in no package; test/integration/provenance.test.ts asks the SPDX project's own validator
  it('relates every package to the image', () => {
    const content = JSON.parse(spdxJson(bill())) as {
      packages: { SPDXID: string }[];
      relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
    };
    const ids = content.packages.map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    const contained = content.relationships.filter(({ relationshipType }) => relationshipType === 'CONTAINS');
    expect(contained.map(({ relatedSpdxElement }) => relatedSpdxElement)).toEqual(ids.slice(1));
  });

  it('has a time only when it is given one', () => {
    const created = (text: string) =>
      (JSON.parse(text) as { creationInfo: { created: string } }).creationInfo.created;
    expect(created(spdxJson(bill()))).toBe('1970-01-01T00:00:00Z');
    expect(created(spdxJson({ ...bill(), createdAt: '2026-01-02T03:04:05Z' }))).toBe('2026-01-02T03:04:05Z');
  });

  it('is the same bytes for the same image', () => {
    expect(spdxJson(bill())).toBe(spdxJson(bill()));
  });
});
