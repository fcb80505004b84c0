import type { AuthClient } from 'google-auth-library';
import { CaissonError, throwIfAborted } from '../../../core/errors.ts';
import { loadLibrary } from '../library.ts';
import type { GcsSettings } from '../settings.ts';

/** Where Google's storage answers, and who asks. */
export interface GoogleAccess {
  readonly kind: 'credentials' | 'anonymous' | 'emulator';
  /** With a slash at its end. */
  readonly api: URL;
  /** What a request carries to be let in. */
  headers(url: URL, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

const READ_ONLY = 'https://www.googleapis.com/auth/devstorage.read_only';

/**
 * Application default credentials (GOOGLE_APPLICATION_CREDENTIALS, gcloud's own file, the metadata server), found by Google's library. As in
 * MLflow, requests go out without any when there are none: a public bucket answers them. An emulator is sent none. A token that was lent is used alone.
 */
export async function authorize({ emulatorHost, token }: GcsSettings): Promise<GoogleAccess> {
  if (emulatorHost !== undefined)
    return { kind: 'emulator', api: emulatorUrl(emulatorHost), headers: () => Promise.resolve({}) };
  if (token !== undefined) {
    const authorization = `Bearer ${token}`;
    return { kind: 'credentials', api: apiOf(undefined), headers: () => Promise.resolve({ authorization }) };
  }
  const { GoogleAuth } = await loadLibrary('google-auth-library', () => import('google-auth-library'));
  const client = await findClient(new GoogleAuth({ scopes: READ_ONLY }));
  if (client === undefined)
    return { kind: 'anonymous', api: apiOf(undefined), headers: () => Promise.resolve({}) };
  return {
    kind: 'credentials',
    api: apiOf(client),
    headers: async (url, signal) => {
      throwIfAborted(signal);
      return Object.fromEntries(await client.getRequestHeaders(url.href));
    },
  };
}

async function findClient(auth: { getClient(): Promise<AuthClient> }): Promise<AuthClient | undefined> {
  try {
    return await auth.getClient();
  } catch (error) {
    if (error instanceof Error && /could not load the default credentials/i.test(error.message))
      return undefined;
    throw new CaissonError('STORE_DENIED', "Google's credentials cannot be used", {
      hint: 'check the file that GOOGLE_APPLICATION_CREDENTIALS names',
      cause: error,
    });
  }
}

/** Google's sovereign clouds have domains of their own. */
const apiOf = (client: AuthClient | undefined): URL =>
  new URL(`https://storage.${client?.universeDomain ?? 'googleapis.com'}/`);

/** `localhost:9000` or a URL, as in Google's own libraries. */
function emulatorUrl(host: string): URL {
  const text = `${/^https?:\/\//i.test(host) ? host : `http://${host}`}/`;
  if (URL.canParse(text)) return new URL(text.replace(/\/+$/, '/'));
  throw new CaissonError('STORE_FAILED', 'STORAGE_EMULATOR_HOST is not an address', {
    hint: 'it reads HOST:PORT or http://HOST:PORT',
  });
}
