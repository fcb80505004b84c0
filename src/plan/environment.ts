import { CaissonError } from '../core/errors.ts';
import type { PythonEnvironment } from '../model/python-environment.ts';
import type { Requirement } from '../model/requirement.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { convertCondaPackages, planConda, type CondaConversion, type CondaPlan } from './conda-packages.ts';
import type { EnvironmentRequest } from './environment-request.ts';
import { hasUserInfo } from './index-urls.ts';
import { isHeldPath } from './model-paths.ts';
import { planTorch } from './torch.ts';

/** The model with the environment that its image gets. */
export interface EnvironmentPlan {
  readonly model: ResolvedModel;
  /** Present when conda makes the environment. */
  readonly conda?: CondaPlan;
  /** The name of PyTorch's own index. */
  readonly torchBackend?: string;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

const NOTHING: CondaConversion = { requirements: [], notes: [], warnings: [] };

/**
 * The model's environment, changed as the user asked. Throws USAGE for what cannot be asked of this model, CONDA_PACKAGES for packages
 * that pip cannot give, MODEL_BROKEN for a conda.yaml that a build must not use.
 */
export function planEnvironment(model: ResolvedModel, request: EnvironmentRequest): EnvironmentPlan {
  const { environment } = model;
  request.requirements.forEach((item) => {
    checkPath(item, model, 'requirement');
  });
  request.constraints.forEach((item) => {
    checkPath(item, model, 'constraint');
  });
  const asked = withReplacements(environment, request);
  const conda = request.manager === 'conda' ? planConda(environment) : undefined;
  const converted =
    conda === undefined ? convertCondaPackages(asked.environment, request.condaOnly) : NOTHING;
  const requirements = [...asked.environment.requirements, ...converted.requirements];
  const torch = planTorch(requirements, request.torch);
  return {
    model: { ...model, environment: { ...asked.environment, requirements } },
    ...(conda === undefined ? {} : { conda }),
    ...(torch.backend === undefined ? {} : { torchBackend: torch.backend }),
    notes: [...asked.notes, ...converted.notes, ...torch.notes],
    warnings: [...converted.warnings, ...torch.warnings, ...loginsOf(environment)],
  };
}

function withReplacements(
  environment: PythonEnvironment,
  request: EnvironmentRequest,
): { readonly environment: PythonEnvironment; readonly notes: readonly string[] } {
  const requirements = replaced(environment.requirements, request.requirements);
  const constraints = replaced(environment.constraints, request.constraints);
  return {
    environment: { ...environment, requirements: requirements.all, constraints: constraints.all },
    notes: [...requirements.gone, ...constraints.gone].map(
      (text) => `'${text}' of the model gives way to what was asked for`,
    ),
  };
}

/** The user's behind the model's, less those of the model that have the name of one of the user's. */
function replaced(
  own: readonly Requirement[],
  asked: readonly Requirement[],
): { readonly all: readonly Requirement[]; readonly gone: readonly string[] } {
  const names = new Set(asked.flatMap((item) => nameOf(item) ?? []));
  const isReplaced = (item: Requirement): boolean => names.has(nameOf(item) ?? '');
  const texts = new Set(asked.map(({ text }) => text));
  return {
    all: [...own.filter((item) => !isReplaced(item)), ...asked],
    gone: own.filter((item) => isReplaced(item) && !texts.has(item.text)).map(({ text }) => text),
  };
}

/** The model's files are copied as they are, also those that the plan does not use. */
function loginsOf({ conda }: PythonEnvironment): readonly string[] {
  const lines = [...(conda?.channels ?? []), ...(conda?.pipLines ?? [])];
  if (!lines.some((line) => hasUserInfo(line) || CONDA_TOKEN.test(line))) return [];
  return [
    "conda.yaml of the model holds a login, and the image gets the model's files as they are: change the login, and log the model without it",
  ];
}

/** Anaconda's way to write a login into the URL of a channel. */
const CONDA_TOKEN = /\/t\/[^/\s]+\//;

const nameOf = (item: Requirement): string | undefined => (item.kind === 'option' ? undefined : item.name);

/** A path means a file of the model, as it does in the model's own requirements: the host's files are not sent. */
function checkPath(item: Requirement, { files }: ResolvedModel, what: 'requirement' | 'constraint'): void {
  if (item.kind !== 'direct' || item.location.kind !== 'path' || isHeldPath(item.location.path, files))
    return;
  throw new CaissonError('USAGE', `the ${what} '${item.text}' names a file that the model does not hold`, {
    hint: 'a path is taken from the folder of the model: log the model with the wheel in its code_paths, or name an index or a URL that has it',
  });
}
