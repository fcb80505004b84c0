import { CaissonError } from '../../src/core/errors.ts';
import { formatImageReference, type ImageReference } from '../../src/model/image-reference.ts';
import type { OpenRegistry, Registry, RemoteManifest } from '../../src/registry/port.ts';
import type { FakeEngine } from './fake-engine.ts';
import { sha256 } from './http-registry.ts';

const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';

/** The registries of a fake engine by their other door: the HTTP API. */
export function registriesOf(engine: FakeEngine): OpenRegistry {
  return ({ registry: host, login }) => {
    const registry = engine.registries.get(host);
    if (registry === undefined) throw new CaissonError('REGISTRY_FAILED', `registry '${host}' is not there`);
    const check = (): void => {
      registry.check(login === undefined ? {} : { [host]: login });
    };
    const read = ({ digest = '' }: ImageReference): RemoteManifest | undefined => {
      const image = registry.withDigest(digest);
      if (image === undefined) return undefined;
      const config = { mediaType: 'config', digest: image.imageId, size: 1 };
      return { mediaType, digest, size: 10, text: '{}', manifest: { kind: 'image', config, layers: [] } };
    };
    const api: Registry = {
      resolve: (reference) => Promise.resolve(read(reference)),
      readManifest: (reference) => Promise.resolve(read(reference)),
      writeManifest: async (reference, manifest) => {
        check();
        registry.indexes.set(formatImageReference(reference), manifest.text);
        return Promise.resolve({
          mediaType: manifest.mediaType,
          digest: sha256(manifest.text),
          size: manifest.text.length,
        });
      },
      readBlob: () => Promise.reject(new TypeError('there are no blobs')),
      removeTag: (reference) => {
        if (registry.tagRemoval === 'removed') registry.removedTags.push(formatImageReference(reference));
        return Promise.resolve(registry.tagRemoval);
      },
    };
    return Promise.resolve(api);
  };
}
