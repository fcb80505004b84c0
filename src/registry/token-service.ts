import type { RegistryLogin } from '../model/registry-credentials.ts';
import type { HttpRequest } from '../platform/http.ts';
import type { Challenge } from './challenge.ts';

export interface TokenWanted {
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  readonly login: RegistryLogin | undefined;
  /** Such as `repository:iris:pull,push`. */
  readonly scope: string;
}

/**
 * The request for a token (distribution, spec/auth/token and oauth): an identity token is exchanged by POST, everything else asks by
 * GET, with the password when there is one. undefined when the realm is no URL.
 */
export function tokenRequest({ challenge, login, scope }: TokenWanted): HttpRequest | undefined {
  const { realm, service } = challenge;
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  const asked = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
  if (login?.identityToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'caisson',
      refresh_token: login.identityToken,
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, method: 'POST', headers, text: `${form.toString()}&${asked.toString()}` };
  }
  for (const [name, value] of asked) url.searchParams.append(name, value);
  return { url, ...(login === undefined ? {} : { headers: { authorization: basicHeader(login) } }) };
}

export function basicHeader({ username = '', password = '' }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The token in an answer, under either of its names; undefined when there is none that fits into a header. */
export function tokenIn(body: string): string | undefined {
  try {
    const answer = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const token = answer?.['token'] ?? answer?.['access_token'];
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
