import { CaissonError } from '../../src/core/errors.ts';
import type { Step } from '../../src/core/events.ts';
import type { BuildRequest } from '../../src/engine/port.ts';
import type { FakeImage } from './fake-engine.ts';

type BuiltParts = Pick<FakeImage, 'labels' | 'exposedPorts' | 'size'> & { readonly content: unknown };

/**
 * Reads as much of a Dockerfile as tests of actions need: FROM must name an image that is there, LABEL and EXPOSE
 * are kept, `RUN … echo WORDS …` logs WORDS and `RUN … exit N` (N not 0) fails.
 */
export function runFakeBuild(
  request: BuildRequest,
  step: Step,
  find: (reference: string) => FakeImage | undefined,
): BuiltParts {
  const labels: Record<string, string> = {};
  const exposedPorts: string[] = [];
  const stages = new Set<string>();
  for (const line of dockerfileLines(request)) {
    const [, instruction = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
    if (instruction === 'FROM') {
      const [base = '', , stage] = rest.split(/\s+/);
      if (!stages.has(base) && find(base) === undefined)
        throw new CaissonError('IMAGE_NOT_FOUND', `base image '${base}' cannot be pulled`);
      if (stage !== undefined) stages.add(stage);
    }
    if (instruction === 'RUN') runStep(line, rest, step);
    if (instruction === 'EXPOSE') exposedPorts.push(/\/(tcp|udp)$/.test(rest) ? rest : `${rest}/tcp`);
    if (instruction === 'LABEL')
      for (const [, name, value] of rest.matchAll(/([\w.-]+)="?([^"\s]*)"?/g)) labels[name!] = value!;
  }
  const { context, buildArgs } = request;
  return {
    labels: { ...labels, ...request.labels },
    exposedPorts,
    size: context.entries.length,
    content: [context, buildArgs],
  };
}

function runStep(line: string, command: string, step: Step): void {
  step.log(line);
  const output = /echo ([^;&|]+)/.exec(command)?.[1]?.trim();
  if (output !== undefined) step.log(output);
  const exitCode = Number(/exit (\d+)/.exec(command)?.[1] ?? 0);
  if (exitCode === 0) return;
  throw new CaissonError('BUILD_FAILED', `step '${line}' failed with exit code ${exitCode}`, {
    detail: [line, ...(output === undefined ? [] : [output])].join('\n'),
  });
}

function dockerfileLines(request: BuildRequest): string[] {
  const entry = request.context.entries.find(({ path }) => path === 'Dockerfile');
  if (entry?.content.kind !== 'text')
    throw new CaissonError('ENGINE_FAILED', 'the context has no Dockerfile');
  return entry.content.text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
