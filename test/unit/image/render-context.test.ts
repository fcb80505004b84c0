import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderContext, type ContextInput } from '../../../src/image/render-context.ts';
import { handlerDigest } from '../../../src/plan/handler-digest.ts';
import { planImage, type ImageRequest } from '../../../src/plan/image-plan.ts';
import { checkoutTemplates } from '../../support/templates.ts';
import { codeOf } from '../../support/errors.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { imageRequest, resolvedModel, type ModelChanges } from '../../support/planned-images.ts';

const templates = await checkoutTemplates();

function context(
  request: Partial<ImageRequest> = {},
  changes: ModelChanges = {},
  input: Partial<ContextInput> = {},
): Readonly<Record<string, string>> {
  const model = resolvedModel(changes);
  const { entries } = renderContext({
    plan: planImage(model, imageRequest(request)),
    model,
    templates,
    ...input,
  });
  const paths = entries.map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)].sort());
  return Object.fromEntries(
    entries.map(({ path, content }) => [
      path,
      content.kind === 'text' ? content.text : `file ${content.source}`,
    ]),
  );
}

const withHandler = (handler: string, request: Partial<ImageRequest>): Readonly<Record<string, string>> =>
  context({ ...request, handlerSha256: handlerDigest(handler) }, {}, { handler });

const notRuntime = (entries: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(entries).filter((path) => !path.startsWith('runtime/'));

describe('renderContext', () => {
  it('holds the files of the image contract', () => {
    expect(notRuntime(context())).toEqual([
      '.dockerignore',
      'Dockerfile',
      'declared.txt',
      'image.json',
      'installer/bytecode.py',
      'installer/prune.py',
      'model/MLmodel',
      'model/model.pkl',
      'model/python_env.yaml',
      'model/requirements.txt',
      'requirements.txt',
    ]);
    expect(context()['model/MLmodel']).toBe('file /models/iris/MLmodel');
    expect(Object.keys(context())).toContain('runtime/requirements.txt');
    expect(Object.keys(context()).filter((path) => /pyproject|__pycache__|\.pyc$/.test(path))).toEqual([]);
  });

  it('has constraints and the CA only when there are some', () => {
    const files = { 'requirements.txt': 'mlflow\n-c constraints.txt', 'constraints.txt': 'numpy<3' };
    const found = context({ certificateAuthority: 'in-context' }, { files }, { certificateAuthority: 'PEM' });
    expect(found['constraints.txt']).toBe('numpy<3\n');
    expect(found['ca.crt']).toBe('PEM');
    expect(found['Dockerfile']).toContain('--constraints /mnt/constraints.txt');
  });

  it('is at one with its plan about the CA', () => {
    expect(codeOf(() => context({ certificateAuthority: 'in-context' }))).toBe('INTERNAL');
    expect(codeOf(() => context({}, {}, { certificateAuthority: 'PEM' }))).toBe('INTERNAL');
  });

  it('is at one with its plan about the handler', () => {
    const handlerSha256 = handlerDigest('a = 1\n');
    expect(codeOf(() => context({ handlerSha256 }))).toBe('INTERNAL');
    expect(codeOf(() => context({}, {}, { handler: 'a = 1\n' }))).toBe('INTERNAL');
    expect(codeOf(() => context({ handlerSha256 }, {}, { handler: 'a = 2\n' }))).toBe('INTERNAL');
    expect(codeOf(() => context({ handlerSha256 }, {}, { handler: 'a = 1\n' }))).toBeUndefined();
  });

  it.each(['buildkit', 'classic'] as const)(
    'carries a handler as it is, whatever it says, and nothing else changes (%s)',
    (builder) => {
      /** With the digest taken out where it belongs: the label and the build record. */
      const withoutDigest = (handler: string) => {
        const files = withHandler(handler, { builder });
        const digest = handlerDigest(handler);
        const without = (path: string): string => {
          const parts = (files[path] ?? '').split(digest);
          expect(parts).toHaveLength(2);
          return parts.join('');
        };
        const others = {
          ...files,
          'handler.py': '',
          Dockerfile: without('Dockerfile'),
          'image.json': without('image.json'),
        };
        return { copied: files['handler.py'], others };
      };
      const calm = withoutDigest('');
      const source = fc.array(hostileText, { maxLength: 5 }).map((lines) => lines.join('\n'));
      fc.assert(
        fc.property(source, (handler) => {
          expect(withoutDigest(handler)).toEqual({ copied: handler, others: calm.others });
        }),
        { numRuns: 30 },
      );
    },
  );

  it('copies the handler after everything that it must not rebuild, and before image.json', () => {
    for (const builder of ['buildkit', 'classic'] as const)
      for (const modelSource of ['baked', 'load-at-start'] as const) {
        const lines = withHandler('a = 1\n', { builder, modelSource })['Dockerfile']?.split('\n') ?? [];
        const copies = lines.filter((line) => /^(COPY|LABEL)/.test(line));
        const own = copies.indexOf('COPY handler.py /opt/caisson/handler.py');
        expect(copies[own + 1]).toBe('COPY image.json /opt/caisson/image.json');
        const before =
          modelSource === 'baked'
            ? /^COPY model \/opt\/ml\/model$/
            : /^COPY .*runtime \/opt\/caisson\/runtime$/;
        expect(copies[own - 1]).toMatch(before);
      }
  });

  it('has a handler only when there is one', () => {
    const found = context();
    expect(Object.keys(found)).not.toContain('handler.py');
    expect(found['Dockerfile']).not.toContain('handler');
    expect(JSON.parse(found['image.json'] ?? '')).toMatchObject({ handler: null });
    const handled = withHandler('a = 1\n', {});
    expect(handled['.dockerignore']).toContain('!handler.py\n');
    expect(JSON.parse(handled['image.json'] ?? '')).toMatchObject({ handler: 'handler.py' });
  });

  it('leaves the model out when it is loaded at start, but not what the requirements name', () => {
    const loaded = context({ modelSource: 'load-at-start' });
    expect(Object.keys(loaded).filter((path) => path.startsWith('model/'))).toEqual([]);
    expect(loaded['Dockerfile']).not.toContain('/opt/ml/model');
    expect(loaded['.dockerignore']).not.toContain('model');
    const files = { 'requirements.txt': 'mlflow\n./wheels/x.whl', 'wheels/x.whl': '', 'wheels/y.whl': '' };
    const wheels = context({ modelSource: 'load-at-start' }, { files });
    expect(Object.keys(wheels).filter((path) => path.startsWith('model/'))).toEqual(['model/wheels/x.whl']);
    expect(wheels['.dockerignore']).toContain('!model');
  });

  it('writes image.json with sorted keys', () => {
    const origin = { uri: 'models:/iris/latest', pinnedUri: 'models:/iris/3' };
    const written = context({}, { origin })['image.json'] ?? '';
    const content = JSON.parse(written) as Record<string, unknown>;
    const { build, ...served } = content;
    expect(served).toEqual({
      caisson_version: '0.1.0',
      handler: null,
      model_source: 'baked',
      model_uri: 'models:/iris/latest',
      pinned_uri: 'models:/iris/3',
    });
    expect(Object.keys(content)).toEqual(Object.keys(content).sort());
    expect(Object.keys(build as object)).toEqual(['format', 'model', 'request']);
    expect(written.endsWith('}\n')).toBe(true);
    expect(JSON.parse(context()['image.json'] ?? '')).toMatchObject({ pinned_uri: null });
  });

  it('holds nothing of a hostile origin in .dockerignore, and data of it in image.json', () => {
    const { '.dockerignore': calm } = context();
    fc.assert(
      fc.property(hostileText, hostileText, (uri, pinnedUri) => {
        const found = context({}, { origin: { uri, pinnedUri } });
        expect(found['.dockerignore']).toBe(calm);
        expect(JSON.parse(found['image.json'] ?? '')).toMatchObject({
          model_uri: uri,
          pinned_uri: pinnedUri,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('takes files of the model with any name, and lets each in', () => {
    const files = { Dockerfile: 'x', '.dockerignore': '*', 'a b/ü\n.txt': '', '!c': '', '*': '' };
    const paths = Object.keys(context({}, { files }));
    for (const path of Object.keys(files)) expect(paths).toContain(`model/${path}`);
  });

  it('re-includes in .dockerignore each of its top-level names', () => {
    const found = context({ certificateAuthority: 'in-context' }, {}, { certificateAuthority: 'PEM' });
    const names = new Set(Object.keys(found).map((path) => path.split('/', 1)[0]));
    names.delete('Dockerfile');
    names.delete('.dockerignore');
    const lines = found['.dockerignore']?.trimEnd().split('\n') ?? [];
    expect(lines[1]).toBe('*');
    expect(lines.slice(2)).toEqual([...names].map((name) => `!${name ?? ''}`));
  });

  it('installs packages for the build alone in a stage of their own, whatever the builder', () => {
    const files = { 'requirements.txt': 'mlflow\ngit+https://example.org/x.git' };
    for (const builder of ['buildkit', 'classic'] as const) {
      const dockerfile = context({ builder }, { files })['Dockerfile'] ?? '';
      expect(dockerfile).toMatch(/COPY --from=\w+ \/opt\/venv \/opt\/venv/);
      expect(dockerfile.slice(0, dockerfile.indexOf('\nFROM base\n'))).toContain('      git \\\n');
      expect(dockerfile.slice(dockerfile.indexOf('\nFROM base\n'))).not.toContain('git');
    }
  });

  it('does not put the CA of the builder into the final stage', () => {
    for (const builder of ['buildkit', 'classic'] as const) {
      const request = { builder, certificateAuthority: 'in-context' } as const;
      const files = { 'requirements.txt': 'mlflow\nlightgbm' };
      const dockerfile = context(request, { files }, { certificateAuthority: 'PEM' })['Dockerfile'] ?? '';
      expect(dockerfile.slice(dockerfile.indexOf('\nFROM base\n'))).not.toMatch(/COPY .*ca\.crt/);
    }
  });
});
