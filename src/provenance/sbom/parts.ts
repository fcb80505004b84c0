import type { InstalledPackage } from '../../model/installed-package.ts';
import type { LockedPackage } from '../../model/lock-file.ts';
import { withoutUndefined } from '../../core/objects.ts';
import { normalizeProjectName, parseRequirements } from '../../model/requirement.ts';
import type { ImageFacts } from '../facts.ts';
import { describedByLock } from './installed-parts.ts';
import { condaPurl, debianPurl, pypiPurl } from './purl.ts';

/** One row of a bill of materials, before it is written in the words of a format. */
export interface BomPart {
  /** Unique in the bill: the package URL where there is one. */
  readonly ref: string;
  readonly kind: 'model' | 'library' | 'operating-system' | 'interpreter';
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  /** SHA-256 in hex, of the one file that can have been installed, or of the model. */
  readonly sha256?: string;
  /** Where it came from, an IRI without user information. */
  readonly location?: string;
  /** What no format has a word for, by name. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface BillOfMaterials {
  readonly image: { readonly name: string; readonly imageId: string };
  /** By kind, then by ref. */
  readonly parts: readonly BomPart[];
  /** Refs of the Python packages that the model declares. */
  readonly modelNeeds: readonly string[];
  readonly caissonVersion: string;
  /** ISO 8601; absent: the bill has no time, because equal images have equal bills. */
  readonly createdAt?: string;
}

export interface BillInput extends Pick<BillOfMaterials, 'caissonVersion' | 'createdAt'> {
  /** What lies in the image's environments. */
  readonly installed: Readonly<Record<'model' | 'server' | 'base' | 'conda', readonly InstalledPackage[]>>;
}

const MODEL_REF = 'model';
const ENVIRONMENT = 'caisson:environment';
/** What stands for all of MLflow in an image (plan/serving-requirements.ts). */
const MLFLOW = { all: 'mlflow', serving: 'mlflow-skinny' };

/** What is in the image: its model, its Python, the packages of both environments, and what dpkg installed. */
export function billOfMaterials(
  { name, imageId, model, request, contents, labels }: ImageFacts,
  { caissonVersion, createdAt, installed }: BillInput,
): BillOfMaterials {
  const { systemPackages = [], distribution, pythonVersion } = contents;
  const packages = describedByLock(installed.model, contents.packages ?? []);
  const python = [
    ...packages.map((each) => pythonPart(each, 'model')),
    ...describedByLock(installed.server, contents.serverPackages).map((each) => pythonPart(each, 'server')),
    ...describedByLock(installed.base, []).map((each) => pythonPart(each, 'base')),
  ];
  const conda = installed.conda.map((each) => libraryPart(each, condaPurl(each)));
  const debian = systemPackages.map((each) => libraryPart(each, debianPurl(each, distribution)));
  const parts: readonly BomPart[] = [
    ...(request.modelSource === 'baked' ? [modelPart({ model, labels })] : []),
    ...interpreterPart(pythonVersion),
    ...systemPart(distribution),
    ...unique([...python, ...conda, ...debian]),
  ];
  return withoutUndefined({
    image: { name, imageId },
    parts: [...parts].sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    modelNeeds: neededRefs(model.requirements, packages),
    caissonVersion,
    createdAt,
  });
}

export const isModel = ({ ref }: BomPart): boolean => ref === MODEL_REF;

function modelPart({ model, labels }: Pick<ImageFacts, 'model' | 'labels'>): BomPart {
  const uri = model.pinnedUri ?? model.uri;
  const properties = withoutUndefined({
    'caisson:model:uri': model.uri,
    'caisson:model:pinned-uri': model.pinnedUri,
    'caisson:model:flavors': model.flavors.join(' '),
    'caisson:model:mlflow-version': model.mlflowVersion,
    'caisson:model:run-id': labels['io.caisson.run.id'],
    'caisson:model:id': labels['io.caisson.model.id'],
  });
  return withoutUndefined({
    ref: MODEL_REF,
    kind: 'model' as const,
    name: model.name ?? uri.split('/').findLast((part) => part !== '') ?? 'model',
    version: model.version?.toString(),
    sha256: model.digest.replace('sha256:', ''),
    location: model.origin === 'store' ? asIri(uri) : undefined,
    properties: properties,
  });
}

function pythonPart(item: LockedPackage, environment: 'model' | 'server' | 'base'): BomPart {
  const { name, pin, hashes } = item;
  const purl = pypiPurl(item);
  const [hash] = hashes.length === 1 ? hashes : [];
  return withoutUndefined({
    ref: purl ?? `python:${pin.kind === 'path' ? pin.path : (name ?? '')}`,
    kind: 'library' as const,
    name: name ?? (pin.kind === 'path' ? (pin.path.split('/').at(-1) ?? pin.path) : pin.kind),
    version: pin.kind === 'version' ? pin.version : undefined,
    purl,
    sha256: hash?.startsWith('sha256:') === true ? hash.slice('sha256:'.length) : undefined,
    location: pin.kind === 'url' ? asIri(pin.url) : undefined,
    properties: { [ENVIRONMENT]: environment },
  });
}

function libraryPart({ name, version }: InstalledPackage, purl: string): BomPart {
  return { ref: purl, kind: 'library', name, version, purl, properties: {} };
}

function interpreterPart(version: string | undefined): readonly BomPart[] {
  if (version === undefined) return [];
  const purl = `pkg:generic/python@${version}`;
  return [{ ref: purl, kind: 'interpreter', name: 'python', version, purl, properties: {} }];
}

function systemPart(distribution: ImageFacts['contents']['distribution']): readonly BomPart[] {
  if (distribution === undefined) return [];
  const { id: name, versionId: version } = distribution;
  return [
    withoutUndefined({ ref: `os:${name}`, kind: 'operating-system' as const, name, version, properties: {} }),
  ];
}

/** Names of models may hold spaces and more that no IRI holds. */
const asIri = (uri: string): string => uri.replace(/[\s\p{Cc}<>"{}|\\^`]/gu, encodeURIComponent);

/** A package of several environments stands once, with all of them. */
function unique(parts: readonly BomPart[]): readonly BomPart[] {
  const found = new Map<string, BomPart>();
  for (const part of parts) {
    const held = found.get(part.ref);
    const environments = [held, part].flatMap((each) => each?.properties[ENVIRONMENT]?.split(' ') ?? []);
    const properties =
      held === undefined ? part.properties : { [ENVIRONMENT]: [...new Set(environments)].join(' ') };
    found.set(part.ref, { ...(held ?? part), properties });
  }
  return [...found.values()];
}

function neededRefs(requirements: readonly string[], packages: readonly LockedPackage[]): readonly string[] {
  const names = new Set(
    requirements.flatMap((text) => {
      const [parsed] = parseRequirements(text);
      return parsed?.kind === 'option' || parsed?.name === undefined
        ? []
        : [normalizeProjectName(parsed.name)];
    }),
  );
  const isThere = packages.some(({ name }) => name === MLFLOW.all);
  if (names.has(MLFLOW.all) && !isThere) names.add(MLFLOW.serving);
  return packages
    .filter(({ name }) => name !== undefined && names.has(name))
    .map((item) => pythonPart(item, 'model').ref)
    .sort();
}
