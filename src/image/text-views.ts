import { sortedJson } from '../core/sorted-json.ts';
import type { ResolvedModel } from '../model/resolved-model.ts';
import { recordBuild } from '../plan/build-record.ts';
import type { CondaPlan } from '../plan/conda-packages.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { oneLine } from './quoting.ts';

/** The handler's name in the context, and in the image beside image.json, whatever the user's file is called. */
export const HANDLER_FILE = 'handler.py';

/** For requirements.txt and constraints.txt. */
export interface LinesView {
  readonly lines: readonly string[];
}

/** For .dockerignore: what of the folder the Dockerfile copies or mounts. */
export interface DockerignoreView {
  readonly paths: readonly string[];
}

export function linesView(lines: readonly string[]): LinesView {
  return Object.freeze({ lines: Object.freeze(lines.map(oneLine)) });
}

/** For conda.yaml: texts in double quotes, in which YAML reads what JSON writes. */
export interface CondaView {
  readonly channels: readonly string[];
  readonly packages: readonly string[];
}

export function condaView({ channels, packages }: CondaPlan): CondaView {
  const quoted = (texts: readonly string[]): readonly string[] =>
    Object.freeze(texts.map((text) => JSON.stringify(oneLine(text))));
  return Object.freeze({ channels: quoted(channels), packages: quoted(packages) });
}

/** Top-level names of the context; none has a character that .dockerignore gives a meaning to. */
export function dockerignoreView(paths: readonly string[]): DockerignoreView {
  return Object.freeze({ paths: Object.freeze(paths.map(oneLine)) });
}

/** image.json, which the server reads to know what it holds, and caisson to know how it was built. */
export function imageJson(
  { modelSource, handlerSha256, caissonVersion, request }: ImagePlan,
  model: ResolvedModel,
): string {
  return sortedJson({
    build: recordBuild(model, request),
    caisson_version: caissonVersion,
    handler: handlerSha256 === undefined ? null : HANDLER_FILE,
    model_source: modelSource,
    model_uri: model.origin.uri,
    pinned_uri: model.origin.pinnedUri ?? null,
  });
}
