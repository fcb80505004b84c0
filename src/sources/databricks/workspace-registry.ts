import type { RegistryStore } from '../tracking-store.ts';
import type { DatabricksPlace } from './databricks-uri.ts';
import { versionUri } from './version-uri.ts';

/** The older registry of a workspace speaks as every server, but for the files of a version: it gives them out itself. */
export function workspaceRegistry(store: RegistryStore, place: DatabricksPlace): RegistryStore {
  return {
    shown: `${store.shown} (workspace registry)`,
    findVersion: async (name, version) => {
      const found = await store.findVersion(name, version);
      if (found === undefined) return undefined;
      return { ...found, location: versionUri(place, { name, version }), givenOutBy: 'registry' };
    },
    findRegisteredModel: (name) => store.findRegisteredModel(name),
    listVersions: (name) => store.listVersions(name),
    listRegisteredModels: () => store.listRegisteredModels(),
    close: () => store.close(),
  };
}
