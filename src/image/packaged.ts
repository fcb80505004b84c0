import type { TemplateSet } from './template-set.ts';

/** The build puts a module with caisson's templates in the place of this one (scripts/setup/bundle.mjs). From source there is none, and templates/ is read. */
export const PACKAGED: TemplateSet | undefined = undefined;
