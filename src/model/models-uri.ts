import type { ModelStage, ModelUri } from './model-uri-kinds.ts';
import { type UriParts, databricksOf, uriInvalid } from './uri-parts.ts';

type RegisteredOrLogged = Extract<ModelUri, { readonly subpath: string }>;

const STAGES: readonly ModelStage[] = ['None', 'Staging', 'Production', 'Archived'];
/** What MLflow 3 calls a logged model: the only names with a sub path that MLflow itself would not accept. */
const MODEL_ID = /^m-[0-9a-f]{32}$/;

/**
 * Parses the path of a `models:` URI. The first segment decides: with an `@` it is name and alias; alone it is a
 * model id (MLflow does not check the prefix `m-`); else the second segment is a version, `latest` or a stage.
 * What follows is a path inside the model.
 */
export function parseModelsUri(text: string, parts: UriParts): RegisteredOrLogged {
  const { path } = parts;
  const uri = parsePath(text, path);
  const authority = databricksOf(parts);
  if (uri.kind === 'logged-model' && authority.databricks !== undefined)
    throw uriInvalid(
      text,
      'a model id belongs to the tracking store',
      `write models:/${uri.modelId} with --tracking-uri databricks://PROFILE`,
    );
  // MLflow takes a '#' in a name, but drops what follows one when there is a path inside the model
  if (uri.subpath !== '' && path.includes('#')) throw uriInvalid(text, "it holds a '#'");
  return uri.kind === 'logged-model' ? uri : { ...uri, ...authority };
}

function parsePath(text: string, path: string): RegisteredOrLogged {
  const [first = '', ...rest] = path.slice(1).split('/');
  if (first.trim() === '') throw uriInvalid(text, 'the name of the model is missing');
  if (first.includes('@')) return parseAlias(text, first, subpathOf(rest));
  const [suffix = '', ...inside] = rest;
  if (rest.every((segment) => segment === '')) return { kind: 'logged-model', modelId: first, subpath: '' };
  if (suffix.trim() === '') throw uriInvalid(text, `the version of '${first}' is missing`);
  return parseSuffix(text, { name: first, suffix, rest, subpath: subpathOf(inside) });
}

function parseAlias(text: string, segment: string, subpath: string): RegisteredOrLogged {
  const at = segment.lastIndexOf('@');
  const name = segment.slice(0, at);
  const alias = segment.slice(at + 1);
  if (name.trim() === '') throw uriInvalid(text, 'the name of the model is missing');
  if (alias.trim() === '') throw uriInvalid(text, "the alias after '@' is missing");
  if (alias.toLowerCase() === 'latest') return { kind: 'latest', name, subpath };
  return { kind: 'alias', name, alias, subpath };
}

interface Suffixed {
  readonly name: string;
  readonly suffix: string;
  readonly rest: readonly string[];
  readonly subpath: string;
}

function parseSuffix(text: string, { name, suffix, rest, subpath }: Suffixed): RegisteredOrLogged {
  if (/^\d+$/.test(suffix)) {
    const version = Number(suffix);
    if (!Number.isSafeInteger(version)) throw uriInvalid(text, `the version '${suffix}' is too large`);
    return { kind: 'version', name, version, subpath };
  }
  const lower = suffix.toLowerCase();
  if (lower === 'latest') return { kind: 'latest', name, subpath };
  const stage = STAGES.find((known) => known.toLowerCase() === lower);
  if (stage !== undefined) return { kind: 'stage', name, stage, subpath };
  if (MODEL_ID.test(name)) return { kind: 'logged-model', modelId: name, subpath: subpathOf(rest) };
  throw uriInvalid(
    text,
    `'${suffix}' is neither a version, nor 'latest', nor one of the stages ${STAGES.join(', ')}`,
    `an alias is written models:/${name}@${suffix}`,
  );
}

const subpathOf = (segments: readonly string[]): string =>
  segments.filter((segment) => segment !== '' && segment !== '.').join('/');
