import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { abortReason, CaissonError, throwIfAborted } from '../core/errors.ts';
import { formatImageReference, withDefaultTag } from '../model/image-reference.ts';
import type { BuildNarrator } from './build-narrator.ts';
import { buildFailureWithoutStep } from './build-failure.ts';
import { BuildkitNarrator } from './buildkit-narrator.ts';
import { openSession, type BuildSession } from './session/buildkit-session.ts';
import { ClassicNarrator } from './classic-narrator.ts';
import { packContext, type ContextTar } from './context-tar.ts';
import type { ApiCall, EngineApi } from './engine-api.ts';
import { engineFailure, replyOf } from './engine-errors.ts';
import { readEngineMessages } from './engine-messages.ts';
import { textOf, valueAt } from './json-values.ts';
import { platformAndCacheQuery } from './platform-and-cache.ts';
import type { BuildRequest, BuiltImage, WorkContext } from './port.ts';
import { configHeader } from './registry-auth.ts';

/** Versions of the build endpoint. */
const ENDPOINT_VERSION = { classic: '1', buildkit: '2' } as const;

/**
 * Builds and tags. An abort closes the connection, which is how the engine learns that it is to stop: it ends the
 * running step and removes its container. Throws as Engine.build says.
 */
export async function buildImage(
  api: EngineApi,
  request: BuildRequest,
  work: WorkContext,
): Promise<BuiltImage> {
  throwIfAborted(work.signal);
  const session = await sessionFor(api, request, work.signal);
  const tar = packContext(request, work.signal);
  try {
    const answer = await send(api, buildCall({ request, session, tar, signal: work.signal }));
    const imageId = await follow(answer, narratorFor(request, work), work.signal);
    return { imageId: await fullImageId(api, imageId) };
  } catch (error) {
    if (work.signal.aborted) throw abortReason(work.signal);
    // The engine only sees an upload that ended early; why it did is told by the tar.
    throw tar.failure() ?? engineFailure(error, 'build the image');
  } finally {
    tar.stream.destroy();
    session?.close();
  }
}

async function sessionFor(
  api: EngineApi,
  request: BuildRequest,
  signal: AbortSignal,
): Promise<BuildSession | undefined> {
  if (request.builder === 'classic') return undefined;
  try {
    return await openSession(api, { parts: request, signal });
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    throw engineFailure(error, 'open a BuildKit session');
  }
}

interface CallParts {
  readonly request: BuildRequest;
  readonly session: BuildSession | undefined;
  readonly tar: ContextTar;
  readonly signal: AbortSignal;
}

function buildCall({ request, session, tar, signal }: CallParts): ApiCall {
  const { builder, tags, labels, networkMode, cache, credentials } = request;
  return {
    method: 'POST',
    path: '/build',
    query: {
      version: ENDPOINT_VERSION[builder],
      t: tags.map((tag) => formatImageReference(withDefaultTag(tag))),
      ...platformAndCacheQuery(request),
      labels,
      // Containers of steps are removed, also those of a step that failed.
      rm: 1,
      forcerm: 1,
      ...(networkMode === undefined ? {} : { networkmode: networkMode }),
      ...(cache === 'ignore' ? { nocache: 1 } : {}),
      ...(session === undefined ? {} : { session: session.id, buildid: randomUUID() }),
    },
    headers: {
      'Content-Type': 'application/x-tar',
      ...(session === undefined ? configHeader(credentials) : {}),
    },
    upload: tar.stream,
    signal,
  };
}

/** An engine refuses a Dockerfile that it cannot parse with a status; everything later is told in the stream. */
async function send(api: EngineApi, call: ApiCall): Promise<IncomingMessage> {
  try {
    return await api.stream(call);
  } catch (error) {
    const { status, message } = replyOf(error);
    if (status === 400 || (status === 500 && /dockerfile/i.test(message)))
      throw buildFailureWithoutStep(message);
    throw error;
  }
}

function narratorFor({ builder }: BuildRequest, { step }: WorkContext): BuildNarrator {
  return builder === 'buildkit' ? new BuildkitNarrator(step) : new ClassicNarrator(step);
}

async function follow(
  answer: IncomingMessage,
  narrator: BuildNarrator,
  signal: AbortSignal,
): Promise<string> {
  const messages = readEngineMessages(answer, {
    signal,
    onErrorLine: (message) => narrator.failure(message),
    onBroken: (cause) => engineFailure(cause, 'build the image'),
  });
  for await (const message of messages) narrator.take(message);
  if (narrator.imageId !== undefined) return narrator.imageId;
  throw new CaissonError('ENGINE_FAILED', 'the engine ended the build without naming an image');
}

/** Podman tells the short id only. */
async function fullImageId(api: EngineApi, imageId: string): Promise<string> {
  if (imageId.startsWith('sha256:')) return imageId;
  const image = await api.json({ method: 'GET', path: `/images/${imageId}/json` });
  return textOf(valueAt(image, 'Id')) ?? imageId;
}
