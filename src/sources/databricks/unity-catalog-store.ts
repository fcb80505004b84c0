import { CaissonError } from '../../core/errors.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { RegisteredModelRecord, RegistryStore, VersionRecord } from '../tracking-store.ts';
import { firstPages } from '../tracking-server/answer-pages.ts';
import { objectOf, textOf } from '../tracking-server/json-fields.ts';
import { aliasesOf, namesOf, versionsOf } from '../tracking-server/registry-answers.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import type { DatabricksPlace } from './databricks-uri.ts';
import { versionUri } from './version-uri.ts';

const ROOT = 'mlflow/unity-catalog';
/** Pages to read at most of a list. */
const MAX_PAGES = 50;

/**
 * The registry of Unity Catalog (MLflow's store/_unity_catalog/registry/rest_store.py). It has no stages, and MLflow's client refuses
 * `latest`; here that is the highest version, as everywhere.
 */
export class UnityCatalogStore implements RegistryStore {
  readonly #api: ServerApi;
  readonly #place: DatabricksPlace;

  constructor(api: ServerApi, place: DatabricksPlace) {
    this.#api = api;
    this.#place = place;
  }

  get shown(): string {
    return `${this.#api.shown} (Unity Catalog)`;
  }

  async findVersion(name: string, version: number): Promise<VersionRecord | undefined> {
    const query = { name: this.#fullName(name), version: String(version) };
    const answer = await this.#api.ask({ path: `${ROOT}/model-versions/get`, query });
    if (answer.kind === 'missing') return undefined;
    const found = objectOf(answer.value, 'model_version');
    return {
      ...{ name, version },
      // where its files lie is opened with the registry's own login alone
      location: versionUri(this.#place, { name, version }),
      givenOutBy: 'registry',
      ...withoutUndefined({ runId: textOf(found, 'run_id'), modelId: textOf(found, 'model_id') }),
    };
  }

  async findRegisteredModel(name: string): Promise<RegisteredModelRecord | undefined> {
    const query = { name: this.#fullName(name) };
    const answer = await this.#api.ask({ path: `${ROOT}/registered-models/get`, query });
    if (answer.kind === 'missing') return undefined;
    const model = objectOf(answer.value, 'registered_model');
    const newest = (await this.listVersions(name)).at(-1);
    return {
      latest: newest === undefined ? [] : [{ version: newest, stage: 'None' }],
      aliases: aliasesOf(model),
    };
  }

  async listVersions(name: string): Promise<readonly number[]> {
    const full = this.#fullName(name);
    // the filter language escapes nothing
    if (full.includes("'")) return [];
    const query = { filter: `name='${full}'` };
    const search = { path: `${ROOT}/model-versions/search`, query };
    return versionsOf(await firstPages(this.#api, search, { list: 'model_versions', atMost: MAX_PAGES }));
  }

  async listRegisteredModels(): Promise<readonly string[]> {
    const search = { path: `${ROOT}/registered-models/search` };
    return namesOf(await firstPages(this.#api, search, { list: 'registered_models', atMost: MAX_PAGES }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** MLflow's client fills in catalog and schema from a Spark session, which there is none of. */
  #fullName(name: string): string {
    if (/^[^.]+\.[^.]+\.[^.]+$/.test(name)) return name;
    throw new CaissonError(
      'MODEL_NOT_FOUND',
      `registered model '${name}' is not one of Unity Catalog, whose names read catalog.schema.model`,
      { hint: 'for the registry of the workspace itself, pass --registry-uri databricks' },
    );
  }
}
