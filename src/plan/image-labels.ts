import { createHash } from 'node:crypto';
import { CaissonError } from '../core/errors.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { lineBreaker } from '../model/one-line-text.ts';
import type { Installation } from './installation.ts';
import { checkInstructionValue, MAX_VALUE_BYTES, quotedAtWorst } from './instruction-value.ts';
import { signatureJson } from './signature-json.ts';
import { sortedPairs, type Pair } from './sorted-pairs.ts';

export interface LabelFacts {
  readonly model: ResolvedModel;
  readonly baseImage: string;
  readonly installation: Installation;
  readonly modelSource: 'baked' | 'load-at-start';
  readonly handlerSha256: string | undefined;
  readonly templatesSha256: string | undefined;
  readonly caissonVersion: string;
}

export interface LabelPlan {
  /** Sorted by name. */
  readonly labels: readonly Pair[];
  readonly warnings: readonly string[];
}

const SIGNATURE = 'io.caisson.model.signature';

/** What the image says about itself; the user's labels win. Throws USAGE for a label that a Dockerfile cannot carry, MODEL_BROKEN for a fact. */
export function imageLabels(facts: LabelFacts, given: Readonly<Record<string, string>>): LabelPlan {
  checkGiven(given);
  const { [SIGNATURE]: signature, ...own } = known({
    ...originLabels(facts),
    ...caissonLabels(facts),
  });
  checkOwn(own);
  if (signature === undefined) return { labels: sortedPairs({ ...own, ...given }), warnings: [] };
  if (Buffer.byteLength(quotedAtWorst(signature)) > MAX_VALUE_BYTES) {
    const warning = `the signature of the model is too long for the label '${SIGNATURE}', which is left out`;
    return { labels: sortedPairs({ ...own, ...given }), warnings: [warning] };
  }
  return { labels: sortedPairs({ ...own, [SIGNATURE]: signature, ...given }), warnings: [] };
}

function known(labels: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(pairs);
}

/** sha256 of `cat requirements.txt constraints.txt`. */
function requirementsHash({ requirements, constraints }: Installation): string {
  const text = [...requirements, ...constraints].map((line) => `${line}\n`).join('');
  return createHash('sha256').update(text).digest('hex');
}

function originLabels({ model: { origin }, baseImage }: LabelFacts): Record<string, string | undefined> {
  const lastSegment = origin.uri.replace(/\/+$/, '').split(/[/:]/).at(-1);
  return {
    'org.opencontainers.image.base.name': baseImage,
    'org.opencontainers.image.title': origin.registeredName ?? lastSegment,
    'org.opencontainers.image.version': origin.registeredVersion?.toString(),
  };
}

function caissonLabels({
  model,
  installation,
  modelSource,
  handlerSha256,
  templatesSha256,
  caissonVersion,
}: LabelFacts): Record<string, string | undefined> {
  const { origin, mlmodel } = model;
  return {
    'io.caisson.version': caissonVersion,
    'io.caisson.handler.sha256': handlerSha256,
    'io.caisson.mlflow.version': mlmodel.mlflowVersion,
    'io.caisson.model.digest': model.digest,
    'io.caisson.model.flavor': mlmodel.mainFlavor,
    'io.caisson.model.id': origin.modelId ?? mlmodel.modelId,
    'io.caisson.model.name': origin.registeredName,
    'io.caisson.model.pinned-uri': origin.pinnedUri,
    [SIGNATURE]: mlmodel.signature === undefined ? undefined : signatureJson(mlmodel.signature),
    'io.caisson.model.source': modelSource,
    'io.caisson.model.uri': origin.uri,
    'io.caisson.model.version': origin.registeredVersion?.toString(),
    'io.caisson.requirements.sha256': requirementsHash(installation),
    'io.caisson.run.id': origin.runId ?? mlmodel.runId,
    'io.caisson.templates.sha256': templatesSha256,
  };
}

function checkGiven(given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/.test(name)) {
      throw new CaissonError('USAGE', `the label ${JSON.stringify(name)} is not a label name`, {
        hint: 'a name holds letters, digits, and . _ / -, and begins with a letter or digit',
      });
    }
    checkInstructionValue(`the label '${name}'`, value);
  }
}

function checkOwn(own: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(own)) {
    const character = lineBreaker(value);
    if (character === undefined && Buffer.byteLength(value) < MAX_VALUE_BYTES / 2) continue;
    const reason = character === undefined ? 'is too long' : `holds the character ${character}`;
    throw new CaissonError(
      'MODEL_BROKEN',
      `the model's value ${JSON.stringify(value.slice(0, 80))} for '${name}' ${reason}`,
      {
        hint: 'caisson writes this value into a label of the image; correct it in MLmodel or rename the model',
      },
    );
  }
}
