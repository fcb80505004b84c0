import { CaissonError } from '../core/errors.ts';
import { isLoadedDirectly } from './direct-loading.ts';
import { parseSignature, type Signature } from './signature.ts';
import { asMapping, asText, parseYaml } from './yaml.ts';

/** What caisson reads of an MLmodel file (MLflow's models/model.py); other keys stay in the file and are not looked at. */
export interface MlModel {
  readonly runId?: string;
  /** Of MLflow 3: `m-<32 hex>`. */
  readonly modelId?: string;
  readonly mlflowVersion?: string;
  /** All flavor names, in the order of the file. */
  readonly flavors: readonly string[];
  /** The native flavor beside python_function (`sklearn`), else `python_function`. */
  readonly mainFlavor: string;
  readonly loaderModule: string;
  /** Full version that the model was logged with, such as 3.11.7. */
  readonly pythonVersion?: string;
  /** When the model was logged, RFC 3339 in UTC. */
  readonly createdAt?: string;
  /** Path of python_env.yaml / conda.yaml relative to the model's folder. */
  readonly environmentFiles: { readonly virtualenv?: string; readonly conda?: string };
  readonly signature?: Signature;
  readonly isSignatureFromTypeHint: boolean;
  /** Whether the server loads it itself, or by MLflow. */
  readonly loading: 'direct' | 'mlflow';
  /** Names of variables that were in use when the model was logged, such as keys of services (MLflow's env_vars). */
  readonly environmentVariables: readonly string[];
  readonly inputExample?: { readonly path: string; readonly servingPath?: string };
}

type Mapping = Readonly<Record<string, unknown>>;

/** Parses the text of an MLmodel file. Throws MODEL_BROKEN: not YAML, no flavors, no python_function, a bad signature. */
export function parseMlModel(text: string): MlModel {
  const root = asMapping(parseYaml(text, 'MLmodel'));
  if (root === undefined) throw broken('is not a mapping of keys to values');
  const flavors = asMapping(root['flavors']);
  if (flavors === undefined || Object.keys(flavors).length === 0) throw broken('names no flavors');
  const names = Object.keys(flavors);
  const pyfunc = pythonFunction(flavors);
  const signature = parseSignature(root['signature']);
  return {
    ...optional('runId', asText(root['run_id'])),
    ...optional('modelId', asText(root['model_id'])),
    ...optional('mlflowVersion', asText(root['mlflow_version'])),
    flavors: names,
    mainFlavor: names.find((name) => name !== 'python_function') ?? 'python_function',
    loaderModule: loaderModule(pyfunc),
    ...optional('pythonVersion', asText(pyfunc['python_version'])),
    ...optional('createdAt', createdAt(asText(root['utc_time_created']))),
    environmentFiles: environmentFiles(pyfunc['env']),
    ...optional('signature', signature),
    isSignatureFromTypeHint: asText(root['is_signature_from_type_hint'])?.toLowerCase() === 'true',
    loading: isLoadedDirectly(root) ? 'direct' : 'mlflow',
    environmentVariables: variableNames(root['env_vars']),
    ...optional('inputExample', inputExample(root['saved_input_example_info'])),
  };
}

/** MLflow writes `2026-11-24 02:51:23.486858`, without a zone. */
function createdAt(text: string | undefined): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?$/.exec(text ?? '');
  return match === null ? undefined : `${match[1] ?? ''}T${match[2] ?? ''}Z`;
}

function pythonFunction(flavors: Mapping): Mapping {
  if (!('python_function' in flavors)) {
    const names = Object.keys(flavors).map((name) => `'${name}'`);
    throw broken(`has no python_function flavor, only ${names.join(', ')}`, {
      hint: 'caisson serves models through python_function; log the model with a flavor that has it',
    });
  }
  const pyfunc = asMapping(flavors['python_function']);
  if (pyfunc === undefined) throw broken('has a python_function flavor that is not a mapping');
  return pyfunc;
}

function loaderModule(pyfunc: Mapping): string {
  const name = asText(pyfunc['loader_module']);
  if (name === undefined) throw broken('has a python_function flavor without loader_module');
  return name;
}

/** MLflow 1.x wrote one conda file name; 2.x and later write a mapping. */
function environmentFiles(env: unknown): MlModel['environmentFiles'] {
  const files = typeof env === 'string' ? { conda: env } : (asMapping(env) ?? {});
  return {
    ...optional('virtualenv', insidePath(asText(files['virtualenv']))),
    ...optional('conda', insidePath(asText(files['conda']))),
  };
}

/** They are shown and compared, and nothing that is not a name is of use. */
export function variableNames(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const name = asText(item);
    return name !== undefined && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? [name] : [];
  });
}

function inputExample(info: unknown): MlModel['inputExample'] {
  const mapping = asMapping(info);
  const path = insidePath(asText(mapping?.['artifact_path']));
  if (path === undefined) return undefined;
  return { path, ...optional('servingPath', insidePath(asText(mapping?.['serving_input_path']))) };
}

/** A path that an MLmodel names must stay inside the model's folder: the model is input from elsewhere. */
function insidePath(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const segments = path.split(/[/\\]/);
  if (segments.includes('..') || segments[0] === '' || /^[a-z]:/i.test(path) || /\p{Cc}/u.test(path))
    throw broken(`names the file '${path.replace(/\p{Cc}/gu, '\uFFFD')}', which is not inside the model`);
  return segments.filter((segment) => segment !== '' && segment !== '.').join('/');
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function broken(what: string, details: { readonly hint?: string } = {}): CaissonError {
  return new CaissonError('MODEL_BROKEN', `'MLmodel' ${what}`, details);
}
