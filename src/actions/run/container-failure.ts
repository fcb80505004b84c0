import { CaissonError } from '../../core/errors.ts';
import { ALLOWED_HOSTS, HOST_NAME } from './host-gateway.ts';
import type { ContainerEnd, ContainerWatch } from './container-watch.ts';

export interface FailureInput {
  readonly end: ContainerEnd;
  readonly watch: Pick<ContainerWatch, 'tail'>;
  /** What the server itself said. */
  readonly reason?: string | undefined;
  readonly phase: 'starting' | 'serving';
}

/** A container that ended by itself: how, and its last words. */
export function containerFailure({ end, watch, reason, phase }: FailureInput): CaissonError {
  const code = `exit code ${end.exitCode}`;
  const detail = watch.tail().join('\n');
  const hint = knownHint(detail);
  const evidence = { ...(detail === '' ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
  if (end.outOfMemory)
    return new CaissonError('CONTAINER_FAILED', `the container ran out of memory (${code})`, {
      ...evidence,
      hint: 'give the container engine more memory, or build on a smaller model',
    });
  if (reason !== undefined)
    return new CaissonError('CONTAINER_FAILED', `the container failed: ${reason} (${code})`, evidence);
  const when = phase === 'starting' ? 'before it was ready' : 'while it was serving';
  return new CaissonError('CONTAINER_FAILED', `the container ended ${when} (${code})`, evidence);
}

/** Since 3.5 MLflow's server answers 403 to a name that it was not told, and the container knows this host by another name. */
function knownHint(log: string): string | undefined {
  if (!log.includes('Invalid Host header')) return undefined;
  return `the tracking server does not accept the name ${HOST_NAME}: start it with --allowed-hosts '${ALLOWED_HOSTS}'`;
}
