import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutUndefined } from '../../src/core/objects.ts';
import { renderContext } from '../../src/image/render-context.ts';
import type { BuildContext } from '../../src/image/build-context.ts';
import type { ModelOrigin, ResolvedModel } from '../../src/model/resolved-model.ts';
import { handlerDigest } from '../../src/plan/handler-digest.ts';
import { planImage } from '../../src/plan/image-plan.ts';
import { readTree } from '../../src/platform/files-read.ts';
import { writeTree } from '../../src/platform/files.ts';
import { checkoutTemplates } from '../support/templates.ts';
import { ROOT } from '../support/environment.ts';
import { imageRequest, resolvedFrom, type RequestChanges } from '../support/planned-images.ts';
import { temporaryFolders } from '../support/test-folders.ts';

/** input.json of a case: a model of fixtures/models, with some of its files replaced, and what is asked of the image. */
interface GoldenInput {
  readonly model: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly origin: ModelOrigin;
  readonly request: RequestChanges;
  /** Lines of a handler. */
  readonly handler?: readonly string[];
}

interface Golden {
  readonly folder: string;
  readonly model: ResolvedModel;
  readonly context: BuildContext;
}

const CASES = join(ROOT, 'test/golden/cases');
/** A PEM file as far as the context is concerned: it is copied, not read. */
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nfor the golden files\n-----END CERTIFICATE-----\n';
const newFolder = temporaryFolders();

async function render(name: string): Promise<Golden> {
  const input = JSON.parse(readFileSync(join(CASES, name, 'input.json'), 'utf8')) as GoldenInput;
  const folder = join(ROOT, 'fixtures/models', input.model);
  const model = resolvedFrom(
    { ...(await readTree(folder)), ...input.files },
    { origin: input.origin, folder },
  );
  const handler = input.handler?.map((line) => `${line}\n`).join('');
  const handlerSha256 = handler === undefined ? undefined : handlerDigest(handler);
  const plan = planImage(model, imageRequest(withoutUndefined({ ...input.request, handlerSha256 })));
  const templates = await checkoutTemplates();
  const certificateAuthority = plan.certificateAuthority === 'none' ? undefined : CERTIFICATE;
  const wheels = plan.wheelhouse?.files.map((file) => ({ name: file, path: `/wheels/${file}`, size: 1 }));
  const files = withoutUndefined({ certificateAuthority, handler, wheels });
  return { folder, model, context: renderContext({ plan, model, templates, ...files }) };
}

/** Of templates/, word for word. */
const isCopied = (path: string): boolean => /^(runtime|installer)\//.test(path);

/** Everything that caisson writes itself: the runtime and the model are copied. */
const written = ({ entries }: BuildContext) =>
  entries.flatMap(({ path, content }) =>
    content.kind === 'text' && !isCopied(path) && path !== 'ca.crt' ? [{ path, text: content.text }] : [],
  );

// `npx vitest run --project golden -u` writes what is rendered now; read the difference before you commit it
describe.each(readdirSync(CASES))('%s', (name) => {
  it('renders to the files in expected/', async () => {
    const { context } = await render(name);
    for (const { path, text } of written(context)) {
      await expect(text).toMatchFileSnapshot(join(CASES, name, 'expected', path));
    }
    const paths = context.entries.map(({ path }) => path).filter((path) => !isCopied(path));
    await expect(`${paths.join('\n')}\n`).toMatchFileSnapshot(join(CASES, name, 'context.txt'));
    const stale = existsSync(join(CASES, name, 'expected')) ? readdirSync(join(CASES, name, 'expected')) : [];
    const current = written(context).map(({ path }) => path);
    expect(stale.filter((path) => !current.includes(path))).toEqual([]);
  });
});

describe('the folder that generate writes', () => {
  it.each(readdirSync(CASES).filter((name) => !name.startsWith('wheels')))(
    'equals the context byte for byte: %s',
    async (name) => {
      const { context } = await render(name);
      const target = join(newFolder(), 'context');
      await writeTree(target, context, { existing: 'refuse', signal: new AbortController().signal });
      const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const found = files.map((entry) => join(entry.parentPath, entry.name).slice(target.length + 1));
      expect(found.sort()).toEqual(context.entries.map(({ path }) => path));
      for (const { path, content } of context.entries) {
        const expected = content.kind === 'text' ? Buffer.from(content.text) : readFileSync(content.source);
        expect(readFileSync(join(target, path)).equals(expected), path).toBe(true);
      }
    },
  );
});
