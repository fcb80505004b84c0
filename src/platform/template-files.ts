import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaissonError, messageOf } from '../core/errors.ts';
import { readTree } from './files-read.ts';

/** What image/render-context.ts takes as TemplateSet. */
export interface TemplateFiles {
  /** Text of the .hbs files by path without the extension. */
  readonly templates: Readonly<Record<string, string>>;
  /** The Python package for the image, by path relative to it. */
  readonly runtime: Readonly<Record<string, string>>;
  /** What works in the build and does not stay, by path relative to templates/installer. */
  readonly installer: Readonly<Record<string, string>>;
}

/** templates/ of the checkout: what is built has them inside (image/packaged.ts). */
const IN_CHECKOUT = fileURLToPath(new URL('../../templates', import.meta.url));
const SUFFIX = '.hbs';
const RUNTIME = 'runtime';
const INSTALLER = 'installer';
/** Of the folders with Python: for its developers only, and what their tools leave there. */
const NOT_IN_THE_IMAGE = /^(?:\..*|__pycache__|.*\.egg-info|.*\.pyc|pyproject\.toml|ruff\.toml)$/;

/** Reads the templates of the checkout, or of another folder of the same layout. Throws INTERNAL: it is not whole. */
export async function loadTemplateSet(folder: string = IN_CHECKOUT): Promise<TemplateFiles> {
  try {
    const [texts, runtime, installer] = await Promise.all([
      readTree(folder, (name) => name !== RUNTIME && name !== INSTALLER),
      readTree(join(folder, RUNTIME), (name) => !NOT_IN_THE_IMAGE.test(name)),
      readTree(join(folder, INSTALLER), (name) => !NOT_IN_THE_IMAGE.test(name)),
    ]);
    const templates = Object.entries(texts).filter(([path]) => path.endsWith(SUFFIX));
    return {
      templates: Object.fromEntries(templates.map(([path, text]) => [path.slice(0, -SUFFIX.length), text])),
      runtime,
      installer,
    };
  } catch (error) {
    throw new CaissonError('INTERNAL', `the templates in '${folder}' cannot be read: ${messageOf(error)}`, {
      hint: 'install caisson again',
      cause: error,
    });
  }
}
