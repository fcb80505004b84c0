import { withoutUndefined } from '../../core/objects.ts';
import { parseJson } from '../compact-json.ts';
import type { AnsweredRequest, RequestSource } from './request.ts';

/** What the self-test in the image reports on stdout (templates/runtime/caisson_server/selftest/main.py). */
export interface Report {
  readonly asked: readonly Asked[];
  readonly memoryBytes: number;
}

export interface Asked extends AnsweredRequest {
  /** What is wrong with the answer; absent when nothing is. */
  readonly problem?: string;
  /** Their beginnings; present with a problem. */
  readonly request?: string;
  readonly answer?: string;
}

const SOURCES: readonly RequestSource[] = ['yours', 'saved_example', 'signature', 'guess'];

/** The report is the last line: a package of the model may print when Python starts. undefined when there is none. */
export function parseReport(stdout: string): Report | undefined {
  const report = recordOf(parseJson(stdout.trimEnd().split('\n').at(-1) ?? ''));
  const asked = report?.['asked'];
  const memoryBytes = report?.['memory_bytes'];
  if (!Array.isArray(asked) || typeof memoryBytes !== 'number') return undefined;
  return { asked: asked.flatMap(parseAsked), memoryBytes };
}

function parseAsked(value: unknown): readonly Asked[] {
  const asked = recordOf(value) ?? {};
  const source = SOURCES.find((known) => known === asked['source']);
  const path = textOf(asked['path']);
  if (source === undefined || path === undefined) return [];
  return [
    withoutUndefined({
      source,
      path,
      status: numberOf(asked['status']),
      milliseconds: numberOf(asked['milliseconds']) ?? 0,
      problem: textOf(asked['problem']),
      request: textOf(asked['request']),
      answer: textOf(asked['answer']),
    }),
  ];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
