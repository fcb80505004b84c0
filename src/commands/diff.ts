import type { DiffResult } from '../actions/diff.ts';
import type { FactsTarget } from '../actions/facts.ts';
import { CaissonError } from '../core/errors.ts';
import { parseImageReference } from '../model/image-reference.ts';
import type { Difference } from '../provenance/compare.ts';
import type { Facts } from '../provenance/facts.ts';
import { classifyTarget } from './grammar/run-target.ts';
import { usage } from './grammar/usage.ts';
import { STORES, storeFlags } from './image-options.ts';
import type { Answer, Services } from './services.ts';
import type { CommandInput, CommandSpec } from './spec.ts';
import { tableLines } from './table.ts';

export const DIFF: CommandSpec = {
  name: 'diff',
  summary: 'show how two images or models differ',
  description:
    'Compares two images of caisson, two models, or one of each: model, signature, requirements, installed packages, Python, base, options. Prints one line for every difference, and nothing when there is none. What only one of the two tells is named on stderr and not compared.',
  argument: {
    name: 'image-or-model',
    summary: 'two of them: images, pulled when missing, or model URIs and folders',
    count: 'one-or-more',
  },
  options: [
    { name: 'exit-code', kind: 'flag', summary: 'end with 10 when there are differences' },
    ...STORES,
  ],
  examples: [
    { title: 'what a release changes', command: 'caisson diff repo/iris:1 repo/iris:2' },
    {
      title: 'is the champion in production?',
      command: 'caisson diff repo/iris:1 models:/iris@champion --exit-code',
    },
  ],
  handle: handleDiff,
};

async function handleDiff({ arguments: texts, options }: CommandInput, services: Services): Promise<void> {
  const [first, second, ...more] = texts;
  if (first === undefined || second === undefined || more.length > 0)
    throw usage(`diff compares two images or models and got ${texts.length}`, 'caisson diff A B');
  const targets = { a: await targetOf(first, services), b: await targetOf(second, services) };
  const tracking = await services.tracking(storeFlags(options));
  const [sources, engine, dockerConfig] = await Promise.all([
    services.sources(tracking),
    services.engine(),
    services.dockerConfig(),
  ]);
  const { diff } = await import('../actions/diff.ts');
  const ports = { sources, engine, dockerConfig, digestFile: services.digestFile };
  const result = await diff(targets, ports, services);
  tellNotCompared(result, services);
  services.answer(answerOf(result));
  if (options.flag('exit-code') && result.differences.length > 0)
    throw new CaissonError('DIFFERENT', `'${first}' and '${second}' differ`);
}

async function targetOf(text: string, { isModelFolder }: Services): Promise<FactsTarget> {
  const { kind } = classifyTarget(text, { isModelFolder: await isModelFolder(text) });
  return kind === 'model' ? { kind, text } : { kind, text, reference: parseImageReference(text) };
}

function tellNotCompared({ notCompared, a, b }: DiffResult, { emit }: Pick<Services, 'emit'>): void {
  if (notCompared.length === 0) return;
  const message = `not compared, since only one of '${a.name}' and '${b.name}' tells it: ${notCompared.join(', ')}`;
  emit({ type: 'note', message });
}

function answerOf({ a, b, differences, notCompared }: DiffResult): Answer {
  const rows = differences.map((each) => [titleOf(each), cellOf(each.a), cellOf(each.b)]);
  return {
    lines: rows.length === 0 ? [] : tableLines([['', a.name, b.name], ...rows]),
    json: {
      command: 'diff',
      a: subject(a),
      b: subject(b),
      equal: differences.length === 0,
      differences,
      notCompared,
    },
  };
}

/** Digests as docker shortens them; the JSON form has them whole. */
const cellOf = (text: string | undefined): string =>
  text?.replace(/\b(?:sha256:)?([a-f0-9]{12})[a-f0-9]{52}\b/g, '$1') ?? '-';

const titleOf = ({ part, item }: Difference): string => (item === undefined ? part : `${part} ${item}`);

function subject({ kind, name, size, model }: Facts): object {
  return { kind, name, size, model: { uri: model.uri, digest: model.digest } };
}
