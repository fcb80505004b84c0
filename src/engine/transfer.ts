import { abortReason, CaissonError, throwIfAborted } from '../core/errors.ts';
import { formatImageReference, formatRepository, withDefaultTag } from '../model/image-reference.ts';
import { formatPlatform } from '../model/platform.ts';
import type { ApiCall, EngineApi } from './engine-api.ts';
import { engineFailure, replyOf, transferFailure } from './engine-errors.ts';
import { readEngineMessages, type EngineMessage } from './engine-messages.ts';
import { textOf, valueAt } from './json-values.ts';
import { LayerProgress } from './layer-progress.ts';
import type { TransferRequest, WorkContext } from './port.ts';
import { authHeader } from './registry-auth.ts';

type Direction = 'push' | 'pull';

/** Pushes one reference and returns the digest of its manifest. */
export async function pushImage(
  api: EngineApi,
  request: TransferRequest,
  work: WorkContext,
): Promise<{ readonly digest: string }> {
  const reference = withDefaultTag(request.reference);
  let digest: string | undefined;
  const messages = transfer(api, { ...request, reference, direction: 'push' }, work);
  for await (const message of messages) digest = digestIn(message) ?? digest;
  if (digest !== undefined) return { digest };
  throw new CaissonError(
    'REGISTRY_FAILED',
    `registry '${reference.registry}' took '${formatImageReference(reference)}' but named no digest`,
  );
}

export async function pullImage(api: EngineApi, request: TransferRequest, work: WorkContext): Promise<void> {
  const reference = withDefaultTag(request.reference);
  for await (const message of transfer(api, { ...request, reference, direction: 'pull' }, work)) {
    if (message.id === undefined && message.status !== undefined) work.step.log(message.status);
  }
}

interface Transfer extends TransferRequest {
  readonly direction: Direction;
}

/** The messages of a push or pull, their progress told to the step. */
async function* transfer(
  api: EngineApi,
  { reference, platform, credentials, direction }: Transfer,
  { step, signal }: WorkContext,
): AsyncGenerator<EngineMessage> {
  throwIfAborted(signal);
  const onErrorLine = (message: string): CaissonError => transferFailure(message, { reference, direction });
  const onBroken = (cause: unknown): CaissonError => {
    const { status, message } = replyOf(cause);
    // An answer is about the registry or the image, a connection that broke is about the engine.
    return status === undefined ? engineFailure(cause, `${direction} the image`) : onErrorLine(message);
  };
  const progress = new LayerProgress();
  const answer = await api
    .stream({
      ...callFor({ reference, platform, direction }),
      headers: authHeader(reference.registry, credentials),
      signal,
    })
    .catch((cause: unknown) => {
      throw signal.aborted ? abortReason(signal) : onBroken(cause);
    });
  for await (const message of readEngineMessages(answer, { signal, onErrorLine, onBroken })) {
    const sum = progress.take(message);
    if (sum !== undefined) step.progress(sum);
    yield message;
  }
}

interface CallParts extends Pick<Transfer, 'reference' | 'direction'> {
  readonly platform: TransferRequest['platform'] | undefined;
}

function callFor({ reference, platform, direction }: CallParts): ApiCall {
  const name = formatRepository(reference);
  const version = reference.digest ?? reference.tag ?? '';
  if (direction === 'pull') {
    const wanted = platform === undefined ? {} : { platform: formatPlatform(platform) };
    return { method: 'POST', path: '/images/create', query: { fromImage: name, tag: version, ...wanted } };
  }
  return { method: 'POST', path: `/images/${name}/push`, query: { tag: version } };
}

/** In aux; Podman only has it in a line of text. */
function digestIn({ aux, status }: EngineMessage): string | undefined {
  return textOf(valueAt(aux, 'Digest')) ?? /digest: (sha256:[a-f0-9]{64})/.exec(status ?? '')?.[1];
}
