import { Readable } from 'node:stream';
import { createApi, type EngineApi } from '../../src/engine/engine-api.ts';
import { parseAddress } from '../../src/engine/endpoint.ts';
import { TEST_ENGINE } from './test-engine.ts';

/** A cache mount of a build: its id, and where steps see it. */
export interface CacheMount {
  readonly name: string;
  readonly at: string;
}

interface BuildCacheRecord {
  readonly ID: string;
  readonly Type: string;
  readonly Description?: string;
}

/** A second look at the real engine, past the code under test: what is really there. */
export class EngineProbe {
  readonly api: EngineApi;

  private constructor(api: EngineApi) {
    this.api = api;
  }

  static async open(): Promise<EngineProbe> {
    return new EngineProbe(await createApi(parseAddress(TEST_ENGINE.host ?? '', undefined), '1.41'));
  }

  /** Ids of all containers, ended ones too. */
  async containers(): Promise<readonly string[]> {
    return idsIn(await this.api.json({ method: 'GET', path: '/containers/json', query: { all: 1 } }));
  }

  /** Ids of images without a name that no other image is built on. */
  async danglingImages(): Promise<readonly string[]> {
    const filters = JSON.stringify({ dangling: ['true'] });
    return idsIn(await this.api.json({ method: 'GET', path: '/images/json', query: { filters } }));
  }

  /** Removes the names that match, and images that have no other name. */
  async removeImages(pattern: RegExp): Promise<void> {
    const images = (await this.api.json({ method: 'GET', path: '/images/json' })) as readonly {
      readonly RepoTags: readonly string[] | null;
    }[];
    const names = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => pattern.test(name));
    for (const name of names) await this.removeImage(name);
  }

  /** As `docker load`. */
  async load(archive: Buffer): Promise<void> {
    const answer = await this.api.stream({
      method: 'POST',
      path: '/images/load',
      headers: { 'Content-Type': 'application/x-tar' },
      upload: Readable.from([archive]),
    });
    const said = Buffer.concat((await answer.toArray()) as Buffer[]).toString();
    if (said.includes('"error"')) throw new Error(said);
  }

  /** Ids of what cache mounts of this name hold: BuildKit says the name at the end of a description alone. */
  async cacheMounts({ name, at }: CacheMount): Promise<readonly string[]> {
    const { BuildCache } = (await this.api.json({
      method: 'GET',
      path: '/system/df',
      query: { type: 'build-cache' },
    })) as { readonly BuildCache: readonly BuildCacheRecord[] | null };
    const found = (BuildCache ?? []).filter(
      ({ Type, Description = '' }) =>
        Type === 'exec.cachemount' &&
        // the id is told by newer engines alone
        (Description.endsWith(`with id "/${name}"`) || Description.includes(` mount ${at} from exec `)),
    );
    return idsIn(found.map(({ ID }) => ({ Id: ID })));
  }

  /** Empties the cache mounts of this name and leaves every other cache alone: the engine may be the developer's. */
  async emptyCacheMounts(mount: CacheMount): Promise<void> {
    const left = await eventually(
      async () => {
        for (const id of await this.cacheMounts(mount)) await this.#pruneCache(id);
        return this.cacheMounts(mount);
      },
      // what a build used a moment ago may not be free yet
      (ids) => ids.length === 0,
    );
    if (left.length > 0) throw new Error(`the cache mounts ${mount.name} stay in use: ${left.join(', ')}`);
  }

  async #pruneCache(id: string): Promise<void> {
    const filters = JSON.stringify({ id: [id] });
    await this.api.json({ method: 'POST', path: '/build/prune', query: { all: 1, filters } });
  }

  async removeImage(reference: string): Promise<void> {
    await this.api.json({ method: 'DELETE', path: `/images/${reference}`, query: { force: 1 } });
  }
}

function idsIn(list: unknown): readonly string[] {
  return (list as readonly { readonly Id: string }[]).map(({ Id }) => Id).sort();
}

/** Asks again until the answer is as expected, or the time (milliseconds) is over; gives the last answer. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  timeout = 15_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (isExpected(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
