import { type CaissonError, isCaissonError } from '../core/errors.ts';
import type { Stores } from './locate.ts';
import type { RegistryStore, RunStore } from './tracking-store.ts';

/** What stands for stores that a URI does not need. */

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const none = (): Promise<readonly never[]> => Promise.resolve([]);
const close = (): Promise<void> => Promise.resolve();

/** A place that is named by its own address is in no store, and none need be there. */
export function noStores(uri: string): Stores {
  const shown = `the place '${uri}'`;
  return {
    store: { shown, findRun: nothing, findLoggedModel: nothing, loggedModelsOf: none, close },
    registry: {
      ...{ shown, close, findVersion: nothing, findRegisteredModel: nothing },
      ...{ listVersions: none, listRegisteredModels: none },
    },
  };
}

/** A registry alone tells where most of its models lie; only one that names a run or a logged model fails with this. */
export function missingRunStore(error: CaissonError): RunStore {
  const fail = (): Promise<never> => Promise.reject(error);
  const shown = 'the tracking store, which is not named';
  return { shown, findRun: fail, findLoggedModel: fail, loggedModelsOf: fail, close };
}

/** A registry that is asked for a hint at most: opened when that is, and one that cannot be opened knows nothing. */
export function hintRegistry(open: () => Promise<RegistryStore>): RegistryStore {
  let opened: Promise<RegistryStore> | undefined;
  const ask = async <T>(question: (registry: RegistryStore) => Promise<T>, unknown: T): Promise<T> => {
    try {
      return await question(await (opened ??= open()));
    } catch (error) {
      if (isCaissonError(error) && error.code !== 'INTERRUPTED') return unknown;
      throw error;
    }
  };
  return {
    shown: 'the registry',
    findVersion: (name, version) => ask((registry) => registry.findVersion(name, version), undefined),
    findRegisteredModel: (name) => ask((registry) => registry.findRegisteredModel(name), undefined),
    listVersions: (name) => ask((registry) => registry.listVersions(name), []),
    listRegisteredModels: () => ask((registry) => registry.listRegisteredModels(), []),
    close: async () => {
      const registry = await opened?.catch(() => undefined);
      await registry?.close();
    },
  };
}
