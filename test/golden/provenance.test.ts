import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycloneDxJson } from '../../src/provenance/sbom/cyclonedx.ts';
import { billOfMaterials } from '../../src/provenance/sbom/parts.ts';
import { spdxJson } from '../../src/provenance/sbom/spdx.ts';
import { ROOT } from '../support/environment.ts';
import { imageFacts, installedIn } from '../support/image-facts.ts';

const FOLDER = join(ROOT, 'test/golden/provenance');
const facts = imageFacts();
const bill = billOfMaterials(facts, { caissonVersion: '0.1.0', installed: installedIn(facts) });

describe('a bill of materials', () => {
  it.each([
    ['iris.cdx.json', cycloneDxJson(bill)],
    ['iris.spdx.json', spdxJson(bill)],
  ])('%s', async (name, text) => {
    await expect(text).toMatchFileSnapshot(join(FOLDER, name));
  });
});
