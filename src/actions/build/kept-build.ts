import { createHash } from 'node:crypto';
import { formatImageReference, type ImageReference } from '../../model/image-reference.ts';
import { formatPlatform, type Platform } from '../../model/platform.ts';
import type { EngineDescription } from '../../engine/port.ts';
import type { PreparedBase } from '../base-image.ts';
import type { Draft, PreparedContext } from '../build-context.ts';
import type { BuildPorts, Work } from '../ports.ts';
import type { BuildSetting } from './engine-build.ts';
import type { BuildImageRequest } from './request.ts';

/** Of the question and of what is kept: a change of either makes old builds unknown. */
const FORMAT = 1;

/** Everything that a build is made of. */
export interface BuildParts {
  readonly request: Pick<BuildImageRequest, 'cache' | 'pullBase' | 'resolution' | 'cacheFrom' | 'cacheTo'>;
  readonly setting: BuildSetting;
  readonly engine: EngineDescription;
  readonly base: PreparedBase;
  readonly platform: Platform;
  readonly draft: Draft;
  readonly prepared: PreparedContext;
}

/**
 * Equal keys are builds from equal bytes on the same base and engine. Values of build arguments go in and do not come out; those of secrets
 * change no image, for the builder neither. undefined where that cannot be told, or the user asks for more than an image that is there: templates of one's own
 * may name other images and URLs, and a wheel may have another content under the name and size of an old one.
 */
export function keyOfBuild(parts: BuildParts): string | undefined {
  const { request, draft, prepared } = parts;
  const isAskedAnew =
    request.cache === 'ignore' || request.pullBase === 'always' || request.resolution === 'anew';
  if (isAskedAnew || draft.templates.own !== undefined || draft.wheels !== undefined) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, ...factsOf(parts)]));
  // a file of the model is told by its path and size, and its content by the digest of the whole
  for (const { path, content } of prepared.context.entries) {
    const size = content.kind === 'text' ? Buffer.byteLength(content.text) : content.size;
    hash.update(`\0${content.kind}\0${path}\0${size}\0`);
    if (content.kind === 'text') hash.update(content.text);
  }
  return hash.digest('hex');
}

function factsOf({ request, setting, engine, base, platform, prepared }: BuildParts): readonly unknown[] {
  const { builder, buildArgs, networkMode, secrets = {}, sshSocket, sourceDateEpoch } = setting;
  return [
    ...[engine.address, engine.version, builder, formatPlatform(platform), base.imageId],
    ...[sorted(base.labels), sorted(buildArgs), networkMode ?? null, sourceDateEpoch ?? null],
    ...[Object.keys(secrets).sort(), sshSocket !== undefined],
    ...[request.cacheFrom.map(formatImageReference), request.cacheTo, prepared.model.digest],
  ];
}

const sorted = (pairs: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));

/** The image of an earlier build of the same key, when all the tags still stand for it; the user is told. */
export async function keptBuild(
  { key, tags }: { readonly key: string; readonly tags: readonly ImageReference[] },
  { engine, keepsakes }: Pick<BuildPorts, 'engine' | 'keepsakes'>,
  { emit }: Pick<Work, 'emit'>,
): Promise<string | undefined> {
  const imageId = await keepsakes.read('builds', key);
  if (imageId === undefined) return undefined;
  const names = tags.map(formatImageReference);
  const held = await Promise.all(names.map((name) => engine.inspectImage(name)));
  if (held.some((image) => image?.imageId !== imageId)) return undefined;
  emit({
    type: 'note',
    message: `nothing changed: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} ${imageId} (--no-cache builds it anew)`,
  });
  return imageId;
}
