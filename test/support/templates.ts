import { readyTemplates, type ReadyTemplates } from '../../src/image/ready-templates.ts';
import { loadTemplateSet } from '../../src/platform/template-files.ts';

/** Caisson's own, from the checkout. */
export const checkoutTemplates = async (): Promise<ReadyTemplates> => readyTemplates(await loadTemplateSet());
