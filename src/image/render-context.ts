import { CaissonError } from '../core/errors.ts';
import { lockOfImage } from '../model/lock.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { handlerDigest } from '../plan/handler-digest.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { templatesDigest } from '../plan/templates-digest.ts';
import type { BuildContext, ContextEntry } from './build-context.ts';
import { dockerfileView } from './dockerfile-view.ts';
import type { ReadyTemplates } from './ready-templates.ts';
import { condaView, dockerignoreView, HANDLER_FILE, imageJson, linesView } from './text-views.ts';

export interface ContextInput {
  readonly plan: ImagePlan;
  readonly model: ResolvedModel;
  readonly templates: ReadyTemplates;
  /** PEM text; present exactly when the plan says in-context. */
  readonly certificateAuthority?: string;
  /** Python source, copied as it is; present exactly when the plan has its digest. */
  readonly handler?: string;
  /** Present exactly when the plan has a wheelhouse, and of the same names. */
  readonly wheels?: readonly WheelSource[];
}

/** A file of --find-links on this machine. */
interface WheelSource {
  /** Its name in the context, below wheels/. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. No part of the context. */
  readonly modified?: number;
}

/** Pure: plan and templates to the files of the build context, sorted by path: equal input gives equal bytes. */
export function renderContext(input: ContextInput): BuildContext {
  checkAgreement(input);
  const { plan, model, templates, handler } = input;
  const copied = [
    ...requirementEntries(input),
    ...wheelEntries(input.wheels),
    ...(plan.lock === undefined ? [] : [text('requirements.lock', lockOfImage(plan.lock))]),
    ...(handler === undefined ? [] : [text(HANDLER_FILE, handler)]),
    text('image.json', imageJson(plan, model)),
    ...filesBelow('installer', templates.installer),
    ...filesBelow('runtime', templates.runtime),
    ...modelEntries(plan, model),
  ];
  return completed(copied, { ...input, dockerfile: `Dockerfile.${plan.builder}` });
}

/** Pure: the context of a build that ends with /lock/requirements.lock, and of the model has only what requirements name. */
export function renderResolveContext(input: Omit<ContextInput, 'handler'>): BuildContext {
  const { plan, model, templates } = input;
  const copied = [
    ...requirementEntries(input),
    ...wheelEntries(input.wheels),
    ...filesBelow('installer', templates.installer),
    ...modelEntries({ ...plan, modelSource: 'load-at-start' }, model),
  ];
  return completed(copied, { ...input, dockerfile: `Dockerfile.resolve.${plan.builder}` });
}

type RenderInput = Pick<ContextInput, 'plan' | 'templates'>;

/** With the files that say what to do with the others. */
function completed(
  copied: readonly ContextEntry[],
  { plan, templates, dockerfile }: RenderInput & { readonly dockerfile: string },
): BuildContext {
  const { render } = templates;
  const topLevel = [...new Set(copied.map(({ path }) => path.split('/', 1)[0] ?? path))].sort();
  const entries = [
    ...copied,
    text('.dockerignore', render('dockerignore', dockerignoreView(topLevel))),
    text('Dockerfile', render(dockerfile, dockerfileView(plan))),
  ];
  return { entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** What is resolved. */
function requirementEntries(input: ContextInput): readonly ContextEntry[] {
  const { plan, templates, certificateAuthority } = input;
  const { render } = templates;
  const file = (path: string, lines: readonly string[]): ContextEntry =>
    text(path, render('requirements.txt', linesView(lines)));
  return [
    ...(certificateAuthority === undefined ? [] : [text('ca.crt', certificateAuthority)]),
    ...(plan.constraints.length === 0 ? [] : [file('constraints.txt', plan.constraints)]),
    ...(plan.declared.length === 0 ? [] : [file('declared.txt', plan.declared)]),
    ...(plan.conda === undefined ? [] : [text('conda.yaml', render('conda.yaml', condaView(plan.conda)))]),
    file('requirements.txt', plan.requirements),
  ];
}

function filesBelow(folder: string, files: Readonly<Record<string, string>>): readonly ContextEntry[] {
  return Object.entries(files).map(([path, content]) => text(`${folder}/${path}`, content));
}

const wheelEntries = (wheels: ContextInput['wheels'] = []): readonly ContextEntry[] =>
  wheels.map(({ name, path, size }) => ({
    path: `wheels/${name}`,
    content: { kind: 'file', source: path, size },
  }));

/** What the plan was told about is what is there. */
function checkAgreement({ plan, certificateAuthority, handler, templates, wheels }: ContextInput): void {
  if ((certificateAuthority !== undefined) !== (plan.certificateAuthority === 'in-context')) {
    throw new CaissonError(
      'INTERNAL',
      `the plan says '${plan.certificateAuthority}' of the CA and the context disagrees`,
    );
  }
  const digest = handler === undefined ? undefined : handlerDigest(handler);
  if (digest !== plan.handlerSha256) {
    throw new CaissonError(
      'INTERNAL',
      `the plan says '${plan.handlerSha256 ?? 'none'}' of the handler and the context disagrees`,
    );
  }
  const own = templates.own === undefined ? undefined : templatesDigest(templates.own.files);
  if (own !== plan.templatesSha256)
    throw new CaissonError('INTERNAL', 'the plan was made for other templates than the context');
  const names = wheels?.map(({ name }) => name).join(' ');
  if (names !== plan.wheelhouse?.files.join(' '))
    throw new CaissonError('INTERNAL', 'the plan was made for other wheels than the context');
}

/** The whole model; for an image that loads it at start, only what the requirements name. */
function modelEntries(
  plan: Pick<ImagePlan, 'modelSource' | 'requiredModelPaths'>,
  model: ResolvedModel,
): readonly ContextEntry[] {
  const isRequired = (path: string): boolean =>
    plan.requiredModelPaths.some((required) => path === required || path.startsWith(`${required}/`));
  return model.files
    .filter(({ path }) => plan.modelSource === 'baked' || isRequired(path))
    .map(({ path, size }) => ({
      path: `model/${path}`,
      content: { kind: 'file', source: `${model.folder}/${path}`, size },
    }));
}

const text = (path: string, content: string): ContextEntry => ({
  path,
  content: { kind: 'text', text: content },
});
