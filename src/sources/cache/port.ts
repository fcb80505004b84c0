/** The models that were downloaded and are kept, as `caisson cache` sees them. Implemented by model-cache.ts. */
export interface ModelCacheStore {
  /** Where they lie. */
  readonly folder: string;
  /** The least recently used first. A cache that is not there is empty. */
  list(): Promise<readonly CachedModel[]>;
  /** Removes a model, unless a living process uses it. Throws CACHE_FAILED. */
  remove(digest: string): Promise<'removed' | 'in-use' | 'gone'>;
  /** Reads the whole model; a damaged one is removed. Throws the reason of the signal. */
  verify(digest: string, signal: AbortSignal): Promise<'right' | 'damaged' | 'gone'>;
  /** Removes what processes that died left behind: half a download, an entry that leads nowhere. Never rejects. */
  sweep(): Promise<void>;
}

export interface CachedModel {
  /** `sha256:<hex>` of the tree. */
  readonly digest: string;
  readonly bytes: number;
  /** How many. */
  readonly files: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** The URIs that it was resolved for. */
  readonly models: readonly string[];
  readonly use: 'free' | 'in-use';
}
