import { CaissonError } from '../../core/errors.ts';
import { ALLOWED_HOSTS, HOST_NAME } from './host-gateway.ts';
import type { ContainerEnd, ContainerWatch } from './container-watch.ts';

const MEMORY_HINT =
  'raise --memory where it was given, else give the container engine more; a server of caisson needs less with -e MLFLOW_MODELS_WORKERS=1';

const CREDENTIALS_HINT =
  'the container has no credentials for the store of its model, or wrong ones: pass those of this machine on by name, such as ' +
  '-e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY, -e AZURE_STORAGE_CONNECTION_STRING or -e MLFLOW_TRACKING_TOKEN';

/** What clients of stores, and MLflow's own, say when nobody told them who they are. */
const NO_CREDENTIALS =
  /NoCredentialsError|Unable to locate credentials|DefaultCredentialsError|ClientAuthenticationError|No value for AZURE_STORAGE|InvalidAccessKeyId|SignatureDoesNotMatch|\bAccessDenied\b|You are not authenticated|\b(401|UNAUTHENTICATED|PERMISSION_DENIED)\b.*(api\/2\.0|mlflow|store|denied)/i;

const FOREIGN_HINT =
  "the image is for another platform than the engine: take it for the engine's own with --platform, or let it emulate " +
  'others: docker run --privileged --rm tonistiigi/binfmt --install all';

export interface FailureInput {
  readonly end: ContainerEnd;
  readonly watch: Pick<ContainerWatch, 'tail' | 'reason'>;
  readonly phase: 'starting' | 'serving';
}

/** A container that ended by itself: how, and its last words. */
export function containerFailure({ end, watch, phase }: FailureInput): CaissonError {
  const detail = watch.tail().join('\n');
  const hint = end.outOfMemory ? MEMORY_HINT : knownHint(detail);
  const evidence = { ...(detail === '' ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
  const what = whatHappened({ end, watch, phase });
  return new CaissonError('CONTAINER_FAILED', `the container ${what} (exit code ${end.exitCode})`, evidence);
}

/** The server's own reason first: of several processes one can run out of memory long before the container ends for another reason. */
function whatHappened({ end, watch, phase }: FailureInput): string {
  const reason = watch.reason();
  if (reason !== undefined) return `failed: ${reason}`;
  if (end.outOfMemory) return 'ran out of memory';
  return phase === 'starting' ? 'ended before it was ready' : 'ended while it was serving';
}

/** Since 3.5 MLflow's server answers 403 to a name that it was not told, and the container knows this host by another name. */
function knownHint(log: string): string | undefined {
  if (/exec format error/i.test(log)) return FOREIGN_HINT;
  if (NO_CREDENTIALS.test(log)) return CREDENTIALS_HINT;
  if (!log.includes('Invalid Host header')) return undefined;
  return `the tracking server does not accept the name ${HOST_NAME}: start it with --allowed-hosts '${ALLOWED_HOSTS}'`;
}
