import { CaissonError } from '../core/errors.ts';
import { stripUserInfo } from '../core/redaction.ts';
import type { Requirement } from '../model/requirement.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { hasUserInfo, type IndexUrls } from './index-urls.ts';
import { resolverOptions, type ResolverOptions } from './resolver-options.ts';
import { modelPathsOf } from './model-paths.ts';
import { packagesForVcs } from './system-packages.ts';

/** How the model's Python packages get into the image. */
export interface Installation extends ResolverOptions {
  /** Lines of requirements.txt and constraints.txt. */
  readonly requirements: readonly string[];
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

/** The server loads models through mlflow.pyfunc, which both distributions hold. */
const MLFLOW: ReadonlySet<string> = new Set(['mlflow', 'mlflow-skinny']);

/** Throws MODEL_BROKEN for requirements that a build cannot or must not use: logins, files of another machine. */
export function planInstallation(model: ResolvedModel, indexes: IndexUrls): InstallationPlan {
  const { environment } = model;
  [...environment.requirements, ...environment.constraints].forEach(refuseLogin);
  const requirements = environment.requirements.filter((item) => item.kind !== 'option');
  const constraints = environment.constraints.filter((item) => item.kind !== 'option');
  const { options, fileLines, warnings } = resolverOptions(environment, indexes);
  const lines = requirements.map(installableLine);
  const mlflow = missingMlflow(model);
  return {
    installation: {
      requirements: [
        ...fileLines,
        ...lines.map(({ text }) => text),
        ...(mlflow === undefined ? [] : [mlflow]),
      ],
      constraints: constraints.map((item) => installableLine(item).text),
      requiredModelPaths: modelPathsOf([...requirements, ...constraints], model.files),
      buildPackages: packagesForVcs(requirements),
      ...options,
    },
    warnings: [
      ...condaWarnings(environment.ignoredCondaPackages),
      ...warnings,
      ...lines.flatMap(({ warning }) => warning ?? []),
    ],
  };
}

function missingMlflow({ environment, mlmodel }: ResolvedModel): string | undefined {
  const names = environment.requirements.flatMap((item) => (item.kind === 'option' ? [] : (item.name ?? [])));
  if (names.some((name) => MLFLOW.has(name))) return undefined;
  const { mlflowVersion } = mlmodel;
  if (mlflowVersion === undefined) return 'mlflow';
  if (/^[0-9][A-Za-z0-9.+-]*$/.test(mlflowVersion)) return `mlflow==${mlflowVersion}`;
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
  /\s--(?:global-option|install-option|build-option|config-settings?)(?:=|\s)(?:"[^"]*"|'[^']*'|\S+)/g;

function installableLine({ text }: Requirement): { readonly text: string; readonly warning?: string } {
  const kept = text.replace(PIP_BUILD_OPTION, '');
  return kept === text
    ? { text }
    : { text: kept, warning: `options in the requirement '${text}' are ignored: uv does not take them` };
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

function condaWarnings(packages: readonly string[]): readonly string[] {
  if (packages.length === 0) return [];
  return [`packages that only conda has are left out: ${packages.join(', ')}`];
}
