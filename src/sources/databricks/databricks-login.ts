import { CaissonError } from '../../core/errors.ts';
import type { HttpClient } from '../../platform/http.ts';
import type { DatabricksLogin, DatabricksSettings } from '../port.ts';
import type { DatabricksPlace } from './databricks-uri.ts';

/** A workspace that can be asked. */
export interface DatabricksAccess {
  readonly url: URL;
  readonly shown: string;
  readonly token: string;
}

const MAX_TOKEN_BYTES = 64 * 1024;
const HINT =
  'set DATABRICKS_HOST with DATABRICKS_TOKEN, or with DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or write a profile';

/**
 * The login for a workspace: the profile that the URI names, else the environment, else DATABRICKS_CONFIG_PROFILE or DEFAULT. Host and
 * secret always come from one of them, so that no secret goes to the host of another. Throws STORE_DENIED, STORE_UNREACHABLE.
 */
export async function databricksAccess(
  place: DatabricksPlace,
  settings: DatabricksSettings | undefined,
  { http, signal }: { readonly http: HttpClient; readonly signal: AbortSignal },
): Promise<DatabricksAccess> {
  const { login, from } = chooseLogin(place, settings);
  const url = hostOf(login, from);
  const shown = `the Databricks workspace '${url.host}'`;
  if (login.token !== undefined) return { url, shown, token: login.token };
  const { clientId, clientSecret } = login;
  if (clientId === undefined || clientSecret === undefined)
    throw new CaissonError('STORE_DENIED', `${from} holds neither a token nor a client id with its secret`, {
      hint: HINT,
    });
  const token = await fetchToken({ url, shown, clientId, clientSecret }, { http, signal });
  return { url, shown, token };
}

interface ChosenLogin {
  readonly login: DatabricksLogin;
  /** For errors. */
  readonly from: string;
}

function chooseLogin(
  { profile }: DatabricksPlace,
  { environment, profile: usual = 'DEFAULT', profiles, configFile }: DatabricksSettings = NO_SETTINGS,
): ChosenLogin {
  if (profile === undefined && environment?.host !== undefined)
    return { login: environment, from: 'the environment' };
  const name = profile ?? usual;
  const login = profiles.get(name);
  if (login !== undefined) return { login, from: `the profile '${name}' of ${configFile}` };
  const known = [...profiles.keys()].map((each) => `'${each}'`).join(', ');
  throw new CaissonError('STORE_DENIED', `there is no profile '${name}' in ${configFile}`, {
    hint: known === '' || profile === undefined ? HINT : `its profiles are ${known}`,
  });
}

const NO_SETTINGS: DatabricksSettings = { profiles: new Map(), configFile: '~/.databrickscfg' };

function hostOf({ host }: DatabricksLogin, from: string): URL {
  const written = host === undefined || /^https?:\/\//i.test(host) ? host : `https://${host}`;
  if (written === undefined || !URL.canParse(written))
    throw new CaissonError('STORE_DENIED', `${from} names no host of Databricks`, { hint: HINT });
  return new URL(new URL(written).origin);
}

interface Principal {
  readonly url: URL;
  readonly shown: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** OAuth for a service principal ("machine to machine"): its id and secret for a token of an hour. */
async function fetchToken(
  { url, shown, clientId, clientSecret }: Principal,
  { http, signal }: { readonly http: HttpClient; readonly signal: AbortSignal },
): Promise<string> {
  const pair = Buffer.from(`${clientId}:${clientSecret}`, 'utf8').toString('base64');
  const outcome = await http.send(
    {
      url: new URL('/oidc/v1/token', url),
      method: 'POST',
      headers: {
        authorization: `Basic ${pair}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      text: 'grant_type=client_credentials&scope=all-apis',
    },
    signal,
  );
  if (outcome.kind === 'no-answer')
    throw new CaissonError('STORE_UNREACHABLE', `${shown} does not answer: ${outcome.reason}`);
  const { status, body } = outcome.response;
  const words = await body.text(MAX_TOKEN_BYTES);
  const token = status === 200 && words.kind === 'text' ? tokenIn(words.text) : undefined;
  if (token !== undefined) return token;
  throw new CaissonError('STORE_DENIED', `${shown} gives no token to the client '${clientId}' (${status})`, {
    hint: HINT,
  });
}

function tokenIn(body: string): string | undefined {
  try {
    const token = (JSON.parse(body) as Readonly<Record<string, unknown>> | null)?.['access_token'];
    // it goes into a header
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
