import { parseArtifactUri } from '../../src/model/artifact-uri.ts';
import { isStoreScheme, STORE_SCHEMES, type StoreUri, storeUriOf } from '../../src/model/store-uri.ts';
import { splitUri } from '../../src/model/uri-parts.ts';

/** From text to what an adapter opens; undefined for a scheme of none. */
export function parseStoreUri(text: string): StoreUri | undefined {
  const parts = splitUri(text);
  const scheme = STORE_SCHEMES.find((each) => each === parts.scheme);
  if (scheme === undefined || !isStoreScheme(scheme)) return undefined;
  return storeUriOf({ ...parseArtifactUri(text, scheme, parts), scheme });
}
