import { formatPin, type LockedPackage } from '../model/lock-file.ts';
import { parseRequirements } from '../model/requirement.ts';
import { withoutUndefined } from '../core/objects.ts';
import type { Facts, ImageFacts, ModelFacts } from './facts.ts';
import type { Items } from './items.ts';
import { signatureItems } from './signature-items.ts';

/** What two subjects are compared by, in the order of the answer. */
export const PARTS = [
  'model uri',
  'model version',
  'model digest',
  'model file',
  'model source',
  'flavors',
  'mlflow',
  'signature',
  'python of the model',
  'python',
  'requirement',
  'package',
  'server package',
  'system package',
  'base',
  'handler',
  'variable',
  'label',
  'caisson',
  'image id',
  'image size',
  'model size',
] as const;

export type Part = (typeof PARTS)[number];

/** Each part that is known of a subject; what the subject cannot tell is absent, and what it has none of is empty. */
export type Comparable = Partial<Readonly<Record<Part, Items>>>;

export function comparable(facts: Facts): Comparable {
  const { model } = facts;
  return {
    ...(facts.kind === 'image' ? imageParts(facts) : modelParts(facts)),
    'model uri': one(model.pinnedUri ?? model.uri),
    'model version': one(
      model.name === undefined ? undefined : `${model.name} ${model.version ?? ''}`.trim(),
    ),
    'model digest': one(model.digest),
    flavors: one(model.flavors.join(', ')),
    mlflow: one(model.mlflowVersion),
    signature: signatureItems(model.signature),
    'python of the model': one(model.pythonMinor),
    requirement: requirementItems(model.requirements),
  };
}

function modelParts({ files, size }: ModelFacts): Comparable {
  return {
    'model file': Object.fromEntries(files.map(({ path, digest }) => [path, digest])),
    'model size': one(`${size} bytes`),
  };
}

function imageParts({ imageId, size, labels, request, contents }: ImageFacts): Comparable {
  const { pythonVersion, packages, serverPackages, systemPackages } = contents;
  const base = labels['org.opencontainers.image.base.digest'];
  return withoutUndefined({
    'image id': one(imageId),
    'image size': one(`${size} bytes`),
    'model source': one(request.modelSource),
    python: pythonVersion === undefined ? undefined : one(pythonVersion),
    package: packages === undefined ? undefined : packageItems(packages),
    'server package': packageItems(serverPackages),
    'system package':
      systemPackages === undefined
        ? undefined
        : Object.fromEntries(
            systemPackages.map(({ name, architecture, version }) => [`${name}:${architecture}`, version]),
          ),
    base: withoutUndefined({
      name: labels['org.opencontainers.image.base.name'],
      digest: base,
    }),
    handler: one(request.handlerSha256),
    variable: request.env,
    label: request.labels,
    caisson: one(request.caissonVersion),
  });
}

const one = (text: string | undefined): Items => (text === undefined ? {} : { '': text });

function packageItems(packages: readonly LockedPackage[]): Items {
  return Object.fromEntries(packages.map(({ name, pin }) => [name ?? formatPin(pin), formatPin(pin)]));
}

/** By name, so that a changed version is a change and not one removed and one added. */
function requirementItems(texts: readonly string[]): Items {
  return Object.fromEntries(
    texts.map((text) => {
      const [parsed] = parseRequirements(text);
      const name = parsed?.kind === 'option' ? undefined : parsed?.name;
      return [name ?? text, text];
    }),
  );
}
