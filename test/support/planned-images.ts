import { parseMlModel } from '../../src/model/mlmodel.ts';
import { readPythonEnvironment } from '../../src/model/python-environment.ts';
import type { ModelOrigin, ResolvedModel } from '../../src/model/resolved-model.ts';
import type { EnvironmentRequest } from '../../src/plan/environment-request.ts';
import type { ImageRequest } from '../../src/plan/image-plan.ts';
import { modelFiles } from './model-files.ts';

export interface ModelChanges {
  readonly files?: Readonly<Record<string, string>>;
  readonly origin?: ModelOrigin;
  readonly folder?: string;
}

/** The model of model-files.ts, resolved without a store; `files` adds or replaces some of its files. */
export function resolvedModel({ files: extra = {}, origin, folder }: ModelChanges = {}): ResolvedModel {
  return resolvedFrom(modelFiles(extra), {
    origin: origin ?? { uri: 'runs:/0123456789abcdef0123456789abcdef/iris_model' },
    folder: folder ?? '/models/iris',
  });
}

/** A model of the given texts. */
export function resolvedFrom(
  files: Readonly<Record<string, string>>,
  place: { readonly origin: ModelOrigin; readonly folder: string },
): ResolvedModel {
  const mlmodel = parseMlModel(files['MLmodel'] ?? '');
  return {
    ...place,
    files: Object.keys(files)
      .sort()
      .map((path) => ({ path, size: Buffer.byteLength(files[path] ?? '') })),
    digest: `sha256:${'0'.repeat(64)}`,
    mlmodel,
    environment: readPythonEnvironment({
      pythonVersion: mlmodel.pythonVersion,
      pythonEnvYaml: files['python_env.yaml'],
      requirementsTxt: files['requirements.txt'],
      constraintsTxt: files['constraints.txt'],
      condaYaml: files['conda.yaml'],
    }),
  };
}

/** Some of a request; of its environment, too. */
export interface RequestChanges extends Partial<Omit<ImageRequest, 'environment'>> {
  readonly environment?: Partial<EnvironmentRequest>;
}

export const ENVIRONMENT_REQUEST: EnvironmentRequest = {
  requirements: [],
  constraints: [],
  systemPackages: [],
  hooks: [],
  manager: 'uv',
  condaOnly: 'refuse',
};

export function imageRequest({ environment, ...changes }: RequestChanges = {}): ImageRequest {
  return {
    builder: 'buildkit',
    labels: {},
    env: {},
    buildArgNames: [],
    extraIndexUrls: [],
    secrets: { ids: [], ssh: 'none' },
    certificateAuthority: 'none',
    modelSource: 'baked',
    mlflow: 'as-needed',
    caissonVersion: '0.1.0',
    environment: { ...ENVIRONMENT_REQUEST, ...environment },
    ...changes,
  };
}
