import { isCaissonError, throwIfAborted } from '../../core/errors.ts';
import type { Step } from '../../core/events.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { ContainerSpec, Engine, RunningContainer } from '../../engine/port.ts';
import { watchContainer, type ContainerWatch } from '../container/container-watch.ts';
import { letGo } from '../container/let-go.ts';
import { waitUntilReady, type ReadyReport } from '../container/wait-until-ready.ts';
import type { Work } from '../ports.ts';
import { parseReport, type Report } from './report.ts';
import type { SelfTestRequest } from './request.ts';

/** What was seen of the image at work. `log` has its last lines. */
export type Observation =
  | (Report & {
      readonly kind: 'asked';
      readonly loadSeconds?: number;
      readonly log: string;
      readonly outOfMemory: boolean;
    })
  | Broken;

/** It did not start, or ended under the questions. */
interface Broken {
  readonly kind: 'broken';
  readonly reason: string;
  readonly hint?: string;
  readonly log: string;
  readonly outOfMemory: boolean;
}

export interface ExamineInput {
  readonly spec: ContainerSpec;
  readonly request: SelfTestRequest;
  readonly engine: Engine;
  readonly step: Step;
}

/** In the image (templates/partials/serve.hbs). */
const ARGV = ['/opt/venv/bin/python', '/opt/caisson/runtime/selftest.py'] as const;

/** Starts the image, waits for its server, asks it, and leaves nothing behind. Throws ENGINE_FAILED and the reason of the signal. */
export async function examine(
  { spec, request, engine, step }: ExamineInput,
  work: Work,
): Promise<Observation> {
  throwIfAborted(work.signal);
  const container = await engine.start(spec);
  const following = new AbortController();
  try {
    const watch = watchContainer({
      container,
      emit: (event) => {
        if (event.type === 'container.log') step.log(event.line);
      },
      signal: following.signal,
    });
    return await observe({ container, watch, request }, work.signal);
  } finally {
    await letGo(container, { phase: 'tested', afterStop: 'remove' }, work);
    following.abort();
  }
}

interface Subject {
  readonly container: RunningContainer;
  readonly watch: ContainerWatch;
  readonly request: SelfTestRequest;
}

async function observe(subject: Subject, signal: AbortSignal): Promise<Observation> {
  const { container, watch, request } = subject;
  const ready = await readyOrBroken(subject, signal);
  if ('kind' in ready) return ready;
  const { stdout, stderr } = await container.exec({ argv: ARGV, stdin: orderOf(request, ready) }, signal);
  const report = parseReport(stdout);
  if (report === undefined) return broken(subject, `the server could not be asked: ${lastLine(stderr)}`);
  const told = report.asked.filter(({ source }) => source === 'yours').length;
  if (told !== request.requests.length)
    return broken(subject, `the image tells of ${told} of your ${request.requests.length} requests`);
  const hasProblem = report.asked.some(({ problem }) => problem !== undefined);
  // The engine tells of memory only at the end, and the last words of the log are still on their way.
  const outOfMemory = hasProblem && (await endOf(subject));
  const log = watch.tail().join('\n');
  return withoutUndefined({
    ...{ kind: 'asked' as const, ...report, loadSeconds: ready.loadSeconds, log, outOfMemory },
  });
}

async function readyOrBroken(subject: Subject, signal: AbortSignal): Promise<ReadyReport | Broken> {
  const { watch, request } = subject;
  try {
    const { timeoutMs } = request;
    const { port, loadSeconds, modelFolder } = await waitUntilReady({
      watch,
      timeoutMs,
      timeoutOption: '--self-test-timeout',
      signal,
    });
    return withoutUndefined({ port, loadSeconds, modelFolder });
  } catch (error) {
    if (!isCaissonError(error) || error.code !== 'CONTAINER_FAILED') throw error;
    return {
      ...(await broken(subject, error.message)),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
}

async function broken(subject: Subject, reason: string): Promise<Broken> {
  const outOfMemory = await endOf(subject);
  return { kind: 'broken', reason, log: subject.watch.tail().join('\n'), outOfMemory };
}

/** Ends the container; tells whether it, or a process of it, ran out of memory. */
async function endOf({ container, watch }: Subject): Promise<boolean> {
  await container.stop(0);
  return (await watch.ended).outOfMemory;
}

/** What selftest.py reads: a line about the server, then the user's requests, one a line. */
function orderOf({ requests, timeoutMs }: SelfTestRequest, { port, modelFolder }: ReadyReport): string {
  const head = {
    port,
    model_folder: modelFolder ?? null,
    seconds: timeoutMs / 1000,
    requests: requests.length,
  };
  return [JSON.stringify(head), ...requests].map((line) => `${line}\n`).join('');
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
