import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import { unreadable } from '../model/requirement-lines.ts';
import { parseRequirements, type Requirement } from '../model/requirement.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { hasUserInfo, type IndexUrls } from './index-urls.ts';
import { resolverOptions, type ResolverOptions } from './resolver-options.ts';
import { modelPathsOf } from './model-paths.ts';
import { servingRequirements, type MlflowPart } from './serving-requirements.ts';
import { packagesForVcs } from './system-packages.ts';

/** How the model's Python packages get into the image. */
export interface Installation extends ResolverOptions {
  /** Lines of requirements.txt and constraints.txt: what is installed. */
  readonly requirements: readonly string[];
  /** Lines of declared.txt: what the model declares, where that is more; versions are chosen as if all of it was installed. */
  readonly declared: readonly string[];
  readonly constraints: readonly string[];
  /** Files and folders of the model that requirements name (`wheels/x.whl`), relative to it, sorted. */
  readonly requiredModelPaths: readonly string[];
  /** Debian packages that the installation needs and the image does not, sorted. */
  readonly buildPackages: readonly string[];
}

export interface InstallationPlan {
  readonly installation: Installation;
  readonly warnings: readonly string[];
}

/** Both distributions hold mlflow.pyfunc. */
const MLFLOW: ReadonlySet<string> = new Set(['mlflow', 'mlflow-skinny']);

export interface InstallationRequest {
  readonly indexes: IndexUrls;
  readonly mlflow: MlflowPart;
  /** Of stores: beside what the model declares. */
  readonly clients: readonly Requirement[];
}

/** Throws MODEL_BROKEN for requirements that a build cannot or must not use: logins, files of another machine. */
export function planInstallation(
  model: ResolvedModel,
  { indexes, mlflow, clients }: InstallationRequest,
): InstallationPlan {
  const { environment } = model;
  [...environment.requirements, ...environment.constraints].forEach(refuseLogin);
  const packages = environment.requirements.filter((item) => item.kind !== 'option');
  const constraints = environment.constraints.filter((item) => item.kind !== 'option');
  const { options, fileLines, warnings } = resolverOptions(environment, indexes);
  const declared = packages.map((item) => ({ ...item, text: installableText(item) }));
  const serving = servingRequirements([...declared, ...missingMlflow(model), ...clients], mlflow);
  return {
    installation: {
      requirements: [...fileLines, ...serving.lines],
      declared: serving.declared.length === 0 ? [] : [...fileLines, ...serving.declared],
      constraints: constraints.map(installableText),
      requiredModelPaths: modelPathsOf([...packages, ...constraints], model.files),
      buildPackages: packagesForVcs(packages),
      ...options,
    },
    warnings: [
      ...warnings,
      ...packages.flatMap(ignoredOptions),
      ...[...environment.requirements, ...environment.constraints].flatMap(tokenIn),
    ],
  };
}

/** MLflow's own loaders need it, and a model need not say so. */
function missingMlflow({ environment, mlmodel }: ResolvedModel): readonly Requirement[] {
  const names = environment.requirements.flatMap((item) => (item.kind === 'option' ? [] : (item.name ?? [])));
  if (names.some((name) => MLFLOW.has(name))) return [];
  const { mlflowVersion } = mlmodel;
  if (mlflowVersion === undefined) return parseRequirements('mlflow');
  if (/^[0-9][A-Za-z0-9.+-]*$/.test(mlflowVersion)) return parseRequirements(`mlflow==${mlflowVersion}`);
  throw new CaissonError(
    'MODEL_BROKEN',
    `the MLflow version ${JSON.stringify(mlflowVersion)} of the model is not a version`,
    {
      hint: "correct 'mlflow_version' in MLmodel, or add mlflow to the model's requirements",
    },
  );
}

/** Options of pip's own build step that uv refuses in a line; hashes stay. */
const PIP_BUILD_OPTION =
  /\s--(?:global-option|install-option|build-option|config-settings?)(?:=|\s)(?:"[^"]*"(?!\S)|'[^']*'(?!\S)|\S+)/g;

function installableText({ text }: Requirement): string {
  const kept = text.replace(PIP_BUILD_OPTION, '');
  // what stood behind it kept it from joining two lines
  if (kept.endsWith('\\')) throw unreadable(text);
  return kept;
}

function ignoredOptions(requirement: Requirement): readonly string[] {
  const { text } = requirement;
  return installableText(requirement) === text
    ? []
    : [`options in the requirement '${text}' are ignored: uv does not take them`];
}

/** Where a presigned URL or a token of an index stands. */
const TOKEN = /[?&][\w.-]*(?:token|signature|sig|secret|password|api_?key|credential)[\w.-]*=/i;

function tokenIn({ text }: Requirement): readonly string[] {
  if (!TOKEN.test(text)) return [];
  const shown = text.replace(/\?.*$/s, '?…');
  return [`the requirement '${shown}' seems to hold a token, which everyone can read who has the image`];
}

function refuseLogin({ text }: Requirement): void {
  if (!hasUserInfo(text)) return;
  throw new CaissonError(
    'MODEL_BROKEN',
    `the requirement '${stripUserInfo(text)}' holds a login, which would stay in the image`,
    {
      hint: "remove user name and password from the URL in the model's requirements, and give them with --secret id=netrc,src=FILE",
    },
  );
}
