import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCaissonError } from '../../../src/core/errors.ts';
import { parseModelUri } from '../../../src/model/model-uri.ts';
import { MLFLOW_PYTHON, NO_MLFLOW, runMlflowScript } from '../../support/mlflow.ts';
import { suiteFolder } from '../../support/test-folders.ts';

/** What MLflow's own parsers say, in caisson's words; null where they refuse. */
const SCRIPT = `
import json, os
from mlflow.store.artifact.models_artifact_repo import ModelsArtifactRepository as M
from mlflow.store.artifact.runs_artifact_repo import RunsArtifactRepository as R
from mlflow.store.artifact.utils.models import _parse_model_uri
from mlflow.entities.model_registry.model_version_stages import get_canonical_stage
from mlflow.utils.uri import get_databricks_profile_uri_from_artifact_uri as profile_of
from urllib.parse import urlparse
def norm(path):
    return "/".join(s for s in (path or "").split("/") if s not in ("", "."))
def workspace(uri):
    for scheme in ("databricks", "databricks-uc"):
        found = profile_of(uri, result_scheme=scheme)
        if found is None: continue
        _, separator, profile = found.partition("://")
        return {"databricks": {"scheme": scheme, **({"profile": profile} if separator else {})}}
    return {}
def parse(uri):
    if uri.startswith("runs:"):
        run, path = R.parse_runs_uri(uri)
        return {"kind": "run", "runId": run, "path": norm(path), **workspace(uri)}
    base, sub = M.split_models_uri(uri)
    p = _parse_model_uri(base)
    sub = norm(sub)
    if p.model_id is not None: return {"kind": "logged-model", "modelId": p.model_id, "subpath": sub}
    common = {"name": p.name, "subpath": sub, **workspace(uri)}
    if p.version is not None: return {"kind": "version", "version": int(p.version), **common}
    if p.alias is not None and p.alias.lower() != "latest": return {"kind": "alias", "alias": p.alias, **common}
    if p.stage is not None: return {"kind": "stage", "stage": get_canonical_stage(p.stage), **common}
    return {"kind": "latest", **common}
def attempt(uri):
    try: return parse(uri)
    except Exception: return None
with open("uris.json") as f: uris = json.load(f)
print(json.dumps([attempt(u) for u in uris]))
`;

/** A model id of a workspace that the URI names: MLflow drops the name and asks the tracking store. */
function isForeignModelId(uri: string): boolean {
  const path = /^models:\/\/[^/]+(\/.*)$/.exec(uri)?.[1];
  return path !== undefined && isModelId(path);
}

function isModelId(path: string): boolean {
  try {
    return parseModelUri(`models:${path}`).kind === 'logged-model';
  } catch (error) {
    // with a double slash, MLflow's parser splits in another place than caisson's, which refuses it
    if (isCaissonError(error)) return path.startsWith('//');
    throw error;
  }
}

/** Texts that caisson refuses on purpose although MLflow reads them: it would only fail later, or read something else. */
function refusedOnPurpose(uri: string): boolean {
  return (
    /\.\.|%2e/i.test(uri) || // climbing out
    /[?#]/.test(uri) || // MLflow drops what follows in silence
    /^models:\/+@/.test(uri) || // no name
    /^(runs|models):\/\/(?!([\w-]+@)?databricks(-uc)?\/)[^/]/.test(uri) || // a host that is not Databricks
    isForeignModelId(uri) ||
    /^models:\/\/[^/]+\/+@/.test(uri) || // no name
    /^runs:\/\/[^/]+\/+[^/]*[^\w/-]/.test(uri) || // no run id that a store would take
    /^runs:\/\/[^/]+\/+(-|$)/.test(uri) ||
    /^runs:\/+[^/]*[^\w/-]/.test(uri) || // no run id that a store would take
    /^runs:\/+-/.test(uri)
  );
}

describe.skipIf(MLFLOW_PYTHON === undefined)(`model URIs${NO_MLFLOW}`, () => {
  const folder = suiteFolder();

  it("are read as MLflow's own parser reads them", async () => {
    const piece = fc.constantFrom(
      'iris',
      'a b',
      'm-1',
      '1',
      '007',
      'latest',
      'LATEST',
      'Production',
      'none',
      'x',
      '@',
      'n@a',
      'n@b@c',
      'n@latest',
      '',
      '.',
      '..',
      '%2e%2e',
      'a?b',
      'a#b',
      'ä',
      '-x',
      ':',
    );
    const uri = fc
      .tuple(
        fc.constantFrom(
          ...['runs:/', 'models:/', 'runs:', 'models:', 'models:///', 'runs:///'],
          ...[
            'models://prod@databricks/',
            'models://databricks/',
            'models://databricks-uc/',
            'models://p@databricks-uc/',
          ],
          ...['runs://prod@databricks/', 'runs://databricks/', 'models://host/'],
        ),
        fc.array(piece, { maxLength: 4 }),
      )
      .map(([head, pieces]) => head + pieces.join('/'));
    const uris = [...new Set(fc.sample(uri, { numRuns: 3000, seed: 3 }))].sort();
    writeFileSync(join(folder.path, 'uris.json'), JSON.stringify(uris));
    const theirs = (await runMlflowScript({ folder: folder.path, script: SCRIPT })) as readonly unknown[];
    const differences = uris
      .map((text, index) => ({ text, mlflow: theirs[index] ?? null, caisson: ours(text) }))
      .filter(({ text, mlflow, caisson }) =>
        caisson === null ? mlflow !== null && !refusedOnPurpose(text) : !sameValue(caisson, mlflow),
      );
    expect(theirs).toHaveLength(uris.length);
    expect(differences).toEqual([]);
  });
});

function ours(text: string): unknown {
  try {
    return parseModelUri(text);
  } catch (error) {
    if (isCaissonError(error)) return null;
    throw error;
  }
}

function sameValue(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): string => JSON.stringify(Object.entries(value ?? {}).sort());
  return other !== null && sorted(one) === sorted(other);
}
