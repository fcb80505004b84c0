import { CaissonError } from '../../core/errors.ts';
import { isTemporaryStatus } from '../../platform/http-retry.ts';
import { listTree, type TreeEntry } from '../artifacts/list-tree.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../artifacts/port.ts';
import { notBelow } from '../artifacts/safe-path.ts';
import { joined } from '../artifacts/server-listing.ts';
import { listOf, numberOf, textOf } from '../tracking-server/json-fields.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';
import { encodePath } from './encode-path.ts';

export interface DbfsStoreConfig {
  readonly api: ServerApi;
  readonly shown: string;
  /** Absolute, inside of DBFS. */
  readonly path: string;
}

/** Plain files of DBFS, by its REST API (MLflow's dbfs_artifact_repo.py, DbfsRestArtifactRepository). */
export class DbfsStore implements ArtifactStore {
  readonly #config: DbfsStoreConfig;

  constructor(config: DbfsStoreConfig) {
    this.#config = config;
  }

  get shown(): string {
    return this.#config.shown;
  }

  list(): Promise<readonly RemoteFile[]> {
    const { shown } = this;
    return listTree({ shown, ranges: 'unsupported', listFolder: (folder) => this.#listFolder(folder) });
  }

  async read(file: RemoteFile, _range: ByteRange, signal: AbortSignal): Promise<ReadOutcome> {
    const { api, path } = this.#config;
    const url = api.at(`/dbfs${encodePath(`${path}/${file.path}`)}`);
    const response = await api.open({ url, headers: { 'accept-encoding': 'identity' } }, signal);
    const { status, body } = response;
    if (status === 200) return { kind: 'body', body };
    await body.discard();
    if (isTemporaryStatus(status)) return { kind: 'temporary', reason: `${api.shown} answered ${status}` };
    if (status === 404) return { kind: 'changed', reason: `'${file.path}' is not there any more` };
    throw this.#failed(`answered ${status} for the file '${file.path}'`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #listFolder(folder: string): Promise<readonly TreeEntry[]> {
    const { api, path } = this.#config;
    const place = folder === '' ? path : `${path}/${folder}`;
    const answer = await api.ask({ path: 'dbfs/list', query: { path: place } });
    if (answer.kind === 'missing') return [];
    return listOf(answer.value, 'files').flatMap((item) => {
      const kind = item['is_dir'] === true ? 'folder' : 'file';
      const listed = textOf(item, 'path') ?? '';
      // a file is listed as the one entry of itself
      if (listed === place && kind === 'file') return [];
      const size = numberOf(item, 'file_size');
      const name = this.#nameBelow(place, listed);
      return [{ path: joined(folder, name), kind, ...(size === undefined ? {} : { size }) } as const];
    });
  }

  /** Whoever lists the tree checks the path; here, that it is one name in this folder. */
  #nameBelow(place: string, listed: string): string {
    const name = listed.startsWith(`${place}/`) ? listed.slice(place.length + 1) : '';
    if (name === '' || name.includes('/')) throw notBelow(listed, this.shown);
    return name;
  }

  #failed(what: string): CaissonError {
    return new CaissonError('STORE_FAILED', `${this.shown} ${what}`);
  }
}
