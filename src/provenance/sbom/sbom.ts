import { cycloneDxJson } from './cyclonedx.ts';
import type { BillOfMaterials } from './parts.ts';
import { spdxJson } from './spdx.ts';

export type SbomFormat = 'cyclonedx' | 'spdx';

export function sbomText(bill: BillOfMaterials, format: SbomFormat): string {
  return format === 'spdx' ? spdxJson(bill) : cycloneDxJson(bill);
}
