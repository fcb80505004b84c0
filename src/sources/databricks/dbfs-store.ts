import { CaissonError } from '../../core/errors.ts';
import { isTemporaryStatus } from '../../platform/http-retry.ts';
import type { ArtifactStore, ByteRange, ReadOutcome, RemoteFile } from '../artifacts/port.ts';
import { listOf, numberOf, textOf } from '../tracking-server/json-fields.ts';
import type { ServerApi } from '../tracking-server/server-api.ts';

export interface DbfsStoreConfig {
  readonly api: ServerApi;
  readonly shown: string;
  /** Absolute, inside of DBFS. */
  readonly path: string;
}

const MAX_DEPTH = 64;
const MAX_FILES = 100_000;

/** Plain files of DBFS, by its REST API (MLflow's dbfs_artifact_repo.py, DbfsRestArtifactRepository). */
export class DbfsStore implements ArtifactStore {
  readonly #config: DbfsStoreConfig;

  constructor(config: DbfsStoreConfig) {
    this.#config = config;
  }

  get shown(): string {
    return this.#config.shown;
  }

  async list(): Promise<readonly RemoteFile[]> {
    const files: RemoteFile[] = [];
    let folders: readonly string[] = [''];
    for (let depth = 0; folders.length > 0; depth += 1) {
      if (depth > MAX_DEPTH) throw this.#failed(`lists folders more than ${MAX_DEPTH} deep`);
      const next: string[] = [];
      for (const folder of folders) await this.#listFolder(folder, { files, folders: next });
      if (files.length > MAX_FILES) throw this.#failed(`lists more than ${MAX_FILES} files`);
      folders = next;
    }
    return files;
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

  async #listFolder(
    folder: string,
    found: { readonly files: RemoteFile[]; readonly folders: string[] },
  ): Promise<void> {
    const { api, path } = this.#config;
    const place = folder === '' ? path : `${path}/${folder}`;
    const answer = await api.ask({ path: 'dbfs/list', query: { path: place } });
    if (answer.kind === 'missing') return;
    for (const item of listOf(answer.value, 'files')) {
      const isFolder = item['is_dir'] === true;
      const listed = textOf(item, 'path') ?? '';
      // a file is listed as the one entry of itself
      if (listed === place && !isFolder) continue;
      const name = this.#nameBelow(place, listed);
      const relative = folder === '' ? name : `${folder}/${name}`;
      const size = numberOf(item, 'file_size');
      if (isFolder) found.folders.push(relative);
      else
        found.files.push({ path: relative, ranges: 'unsupported', ...(size === undefined ? {} : { size }) });
    }
  }

  /** The names come from outside: none may lead out of the place. */
  #nameBelow(place: string, listed: string): string {
    const name = listed.startsWith(`${place}/`) ? listed.slice(place.length + 1) : '';
    if (name !== '' && name !== '.' && name !== '..' && !/[/\\\p{Cc}]/u.test(name)) return name;
    throw this.#failed(`lists '${listed.replace(/\p{Cc}/gu, '\uFFFD')}', which is not a safe path`);
  }

  #failed(what: string): CaissonError {
    return new CaissonError('STORE_FAILED', `${this.shown} ${what}`);
  }
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
