import { withoutUndefined } from '../core/objects.ts';
import { isCaissonError } from '../core/errors.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { parseRequirements, type Requirement } from '../model/requirement.ts';
import { parseSignature, type Signature } from '../model/signature.ts';
import { asMapping } from '../model/yaml.ts';
import type { BuildSecrets } from './build-secrets.ts';
import type { PipOptions } from './pip-options.ts';
import type { EnvironmentRequest } from './environment-request.ts';
import { signatureObject } from './signature-json.ts';
import type { ImageRequest } from './image-plan.ts';
import {
  broken,
  listOf,
  newer,
  objectOf,
  oneOf,
  optional,
  recordOf,
  text,
  wholeNumber,
  type Reader,
  type Readers,
} from './record-readers.ts';

/** How an image was built, kept in its image.json: enough to build it again. No secrets, which no request has, and no path of a host. */
export interface BuildRecord {
  readonly model: RecordedModel;
  readonly request: RecordedRequest;
}

/**
 * All of a request but what is beside the record: the lock is a file of its own, and the digest of the base, which only an engine knows, is a label. The
 * wheels that were there say nothing that the lock does not say.
 */
type RecordedRequest = Omit<ImageRequest, 'lock' | 'baseDigest' | 'wheelhouse'>;

/** What is not in the labels, or only in part, and is known without the model's files. */
export interface RecordedModel {
  readonly uri: string;
  readonly pinnedUri?: string;
  /** `folder`: the URI is a name alone, under which nobody finds the model again. */
  readonly origin: 'store' | 'folder';
  /** `sha256:<hex>` of its files. */
  readonly digest: string;
  readonly name?: string;
  readonly version?: number;
  readonly flavors: readonly string[];
  readonly mlflowVersion?: string;
  /** Of the Python that the model was logged with. */
  readonly pythonMinor: string;
  /** As declared, without option lines. */
  readonly requirements: readonly string[];
  /** The label of the same content is left out when it is too long. */
  readonly signature?: Signature;
}

const signature: Reader<Signature | undefined> = (value, at) => parsed(at, () => parseSignature(value));

/** Written as its text. */
const requirement: Reader<Requirement> = (value, at) => {
  const [first, ...more] = parsed(at, () => parseRequirements(text(value, at)));
  if (first === undefined || first.kind === 'option' || more.length > 0)
    throw broken(`'${at}' is not one requirement`);
  return first;
};

/** The parsers of what a model holds blame the model; here it is the record. */
function parsed<T>(at: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isCaissonError(error) && error.code === 'MODEL_BROKEN')
      throw broken(`'${at}': ${error.message}`, error);
    throw error;
  }
}

/** Raised when a field changes its meaning; a field that is only added needs no new number. */
const FORMAT = 1;

const MODEL: Readers<RecordedModel> = {
  uri: text,
  pinnedUri: optional(text),
  origin: oneOf('store', 'folder'),
  digest: text,
  name: optional(text),
  version: optional(wholeNumber),
  flavors: listOf(text),
  mlflowVersion: optional(text),
  pythonMinor: text,
  requirements: listOf(text),
  signature,
};

const ENVIRONMENT: Readers<EnvironmentRequest> = {
  python: optional(text),
  requirements: listOf(requirement),
  constraints: listOf(requirement),
  systemPackages: listOf(text),
  hooks: listOf(text),
  torch: optional(text),
  manager: oneOf('uv', 'conda'),
  condaOnly: oneOf('refuse', 'ignore'),
};

const PIP_OPTIONS: Readers<PipOptions> = {
  trustedHosts: listOf(text),
  findLinks: listOf(text),
  index: oneOf('used', 'none'),
};

const SECRETS: Readers<BuildSecrets> = { ids: listOf(text), ssh: oneOf('none', 'agent') };

/** Images live longer than versions of caisson: a field added later is optional here, or its reader gives a default. */
const REQUEST: Readers<RecordedRequest> = {
  builder: oneOf('buildkit', 'classic'),
  baseImage: optional(text),
  labels: recordOf(text),
  env: recordOf(text),
  buildArgNames: listOf(text),
  indexUrl: optional(text),
  extraIndexUrls: listOf(text),
  pipOptions: optional(objectOf(PIP_OPTIONS)),
  secrets: objectOf(SECRETS),
  certificateAuthority: oneOf('none', 'in-context'),
  modelSource: oneOf('baked', 'load-at-start'),
  stores: optional(listOf(text)),
  mlflow: oneOf('as-needed', 'full'),
  asOf: optional(text),
  environment: objectOf(ENVIRONMENT),
  handlerSha256: optional(text),
  templatesSha256: optional(text),
  caissonVersion: text,
};

const readRecord = objectOf<BuildRecord & { readonly format: number }>({
  format: wholeNumber,
  model: objectOf(MODEL),
  request: objectOf(REQUEST),
});

/** The record as a value of JSON. */
export function recordBuild(model: ResolvedModel, request: ImageRequest): object {
  const { environment } = request;
  const textsOf = (list: readonly Requirement[]): readonly string[] => list.map((item) => item.text);
  const kept = withoutUndefined({
    ...{ ...request, lock: undefined, baseDigest: undefined, wheelhouse: undefined },
    environment: {
      ...environment,
      requirements: textsOf(environment.requirements),
      constraints: textsOf(environment.constraints),
    },
  });
  const { signature: parsed, ...facts } = recordModel(model);
  const signature = parsed === undefined ? undefined : signatureObject(parsed);
  return { format: FORMAT, model: withoutUndefined({ ...facts, signature }), request: kept };
}

export function recordModel({ origin, digest, mlmodel, environment }: ResolvedModel): RecordedModel {
  const { uri, pinnedUri, registeredName: name, registeredVersion: version } = origin;
  return withoutUndefined({
    ...{ uri, pinnedUri, digest, name, version },
    origin: /^(?:runs|models):\//.test(uri) ? ('store' as const) : ('folder' as const),
    flavors: mlmodel.flavors,
    mlflowVersion: mlmodel.mlflowVersion,
    pythonMinor: environment.pythonMinor,
    signature: mlmodel.signature,
    requirements: environment.requirements.filter(({ kind }) => kind !== 'option').map((item) => item.text),
  });
}

/** Reads the record out of the text of an image.json. Throws RECORD_BROKEN: none there, damaged, or written by a newer caisson. */
export function parseBuildRecord(imageJson: string): BuildRecord {
  const value = buildOf(imageJson);
  if (value === undefined) throw broken('it has none');
  const format = asMapping(value)?.['format'];
  if (typeof format === 'number' && format > FORMAT) throw newer(`its format is ${format}`);
  const { model, request } = readRecord(value, 'build');
  return { model, request };
}

function buildOf(imageJson: string): unknown {
  try {
    return (JSON.parse(imageJson) as { readonly build?: unknown } | null)?.build;
  } catch (error) {
    throw broken('image.json is not JSON', error);
  }
}
