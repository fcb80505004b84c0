import { withoutUndefined } from '../../core/objects.ts';
import type {
  LoggedModelRecord,
  RegisteredModelRecord,
  RunRecord,
  TrackingStore,
  VersionRecord,
} from '../tracking-store.ts';
import { ListingLimit } from '../listing-limit.ts';
import type { JsonObject, ServerApi } from './server-api.ts';
import { firstPages } from './answer-pages.ts';
import { listOf, numberOf, objectOf, textOf } from './json-fields.ts';
import { aliasesOf, namesOf, versionsOf } from './registry-answers.ts';

const PAGE_SIZE = '200';
/** Pages to read at most for a list that only an error's hint shows. */
const HINT_PAGES = 3;

/** A tracking server as a store: MLflow's REST API 2.0 (protos/service.proto, protos/model_registry.proto). */
export class ServerStore implements TrackingStore {
  readonly #api: ServerApi;

  constructor(api: ServerApi) {
    this.#api = api;
  }

  get shown(): string {
    return this.#api.shown;
  }

  async findRun(runId: string): Promise<RunRecord | undefined> {
    const answer = await this.#api.ask({ path: 'mlflow/runs/get', query: { run_id: runId } });
    if (answer.kind === 'missing') return undefined;
    const info = objectOf(objectOf(answer.value, 'run'), 'info');
    const artifactUri = textOf(info, 'artifact_uri');
    if (artifactUri === undefined)
      throw this.#api.failed(`answered without the artifact_uri of run '${runId}'`);
    return {
      runId,
      experimentId: textOf(info, 'experiment_id') ?? '0',
      artifactUri,
    };
  }

  async findLoggedModel(modelId: string): Promise<LoggedModelRecord | undefined> {
    const path = `mlflow/logged-models/${encodeURIComponent(modelId)}`;
    const answer = await this.#api.ask({ path, since: 'mlflow-3' });
    return answer.kind === 'missing' ? undefined : loggedModelOf(objectOf(answer.value, 'model'));
  }

  /** By their name, as MLflow's client asks (store/artifact/runs_artifact_repo.py): Databricks cannot look for those of a run. */
  async loggedModelsOf(run: RunRecord, name?: string): Promise<readonly LoggedModelRecord[]> {
    // MLflow allows no quotes in such a name, and the filter language escapes nothing
    if (name?.includes("'") === true) return [];
    const filter = name === undefined ? `source_run_id = '${run.runId}'` : `name = '${name}'`;
    const models: LoggedModelRecord[] = [];
    let token: string | undefined;
    const limit = new ListingLimit(this.#api.shown);
    do {
      const answer = await this.#api.ask({
        path: 'mlflow/logged-models/search',
        since: 'mlflow-3',
        json: {
          experiment_ids: [run.experimentId],
          filter,
          ...(token === undefined ? {} : { page_token: token }),
        },
      });
      if (answer.kind === 'missing') return [];
      const items = listOf(answer.value, 'models');
      limit.page(items.length);
      for (const item of items) {
        const model = loggedModelOf(item);
        if (model?.sourceRunId === run.runId) models.push(model);
      }
      token = textOf(answer.value, 'next_page_token');
    } while (token !== undefined);
    return models;
  }

  async findVersion(name: string, version: number): Promise<VersionRecord | undefined> {
    const query = { name, version: String(version) };
    const answer = await this.#api.ask({ path: 'mlflow/model-versions/get', query });
    if (answer.kind === 'missing') return undefined;
    const place = await this.#api.ask({ path: 'mlflow/model-versions/get-download-uri', query });
    const found = objectOf(answer.value, 'model_version');
    const source = textOf(found, 'source');
    const location = (place.kind === 'found' ? textOf(place.value, 'artifact_uri') : undefined) ?? source;
    if (location === undefined)
      throw this.#api.failed(`answered without the source of version ${version} of '${name}'`);
    const [runId, modelId] = [textOf(found, 'run_id'), textOf(found, 'model_id')];
    return withoutUndefined({ name, version, location, source, runId, modelId });
  }

  async findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    const answer = await this.#api.ask({ path: 'mlflow/registered-models/get', query: { name } });
    if (answer.kind === 'missing') return undefined;
    const model = objectOf(answer.value, 'registered_model');
    return {
      latest: listOf(model, 'latest_versions').flatMap((item) => {
        const version = numberOf(item, 'version');
        return version === undefined ? [] : [{ version, stage: textOf(item, 'current_stage') ?? 'None' }];
      }),
      aliases: aliasesOf(model),
    };
  }

  async listVersions(name: string): Promise<readonly number[]> {
    // the filter language escapes nothing, so a name with a quote cannot be searched for
    if (name.includes("'")) return [];
    const query = { max_results: PAGE_SIZE, filter: `name = '${name}'` };
    const search = { path: 'mlflow/model-versions/search', query };
    return versionsOf(await firstPages(this.#api, search, { list: 'model_versions', atMost: HINT_PAGES }));
  }

  async listRegisteredModels(): Promise<readonly string[]> {
    const search = { path: 'mlflow/registered-models/search', query: { max_results: PAGE_SIZE } };
    return namesOf(await firstPages(this.#api, search, { list: 'registered_models', atMost: HINT_PAGES }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function loggedModelOf(model: JsonObject): LoggedModelRecord | undefined {
  const info = objectOf(model, 'info');
  const modelId = textOf(info, 'model_id');
  const artifactUri = textOf(info, 'artifact_uri');
  if (modelId === undefined || artifactUri === undefined) return undefined;
  const sourceRunId = textOf(info, 'source_run_id');
  return {
    modelId,
    name: textOf(info, 'name') ?? '',
    artifactUri,
    ...(sourceRunId === undefined ? {} : { sourceRunId }),
  };
}
