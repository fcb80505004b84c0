/** What a registry wants of its client (WWW-Authenticate, RFC 9110, 11.6.1). */
export type Challenge =
  | { readonly scheme: 'basic' }
  /** A token of the service at `realm` (distribution, spec/auth/token). */
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string };

/** One parameter: a name and a token or a quoted text. */
const PARAMETER = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*/;
const SCHEME = /^\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+|$)/;

/** The strongest of the challenges that caisson can answer: a token before a password. undefined when there is none. */
export function parseChallenge(header: string): Challenge | undefined {
  const challenges = splitChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (realm !== undefined && realm !== '') {
    const service = bearer?.get('service');
    return { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }) };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface RawChallenge {
  /** Lower case. */
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** A comma stands between parameters and between challenges alike: what looks like `name=` is a parameter. */
function splitChallenges(header: string): readonly RawChallenge[] {
  const challenges: RawChallenge[] = [];
  for (let rest = header; rest !== '';) {
    const taken = takeParameter(rest, challenges.at(-1)) ?? takeScheme(rest, challenges) ?? 1;
    rest = rest.slice(taken).replace(/^,/, '');
  }
  return challenges;
}

/** The length of the parameter that the text begins with; undefined when it does not. */
function takeParameter(text: string, challenge: RawChallenge | undefined): number | undefined {
  const match = PARAMETER.exec(text);
  if (match === null) return undefined;
  const [all, name = '', quoted, token = ''] = match;
  challenge?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token);
  return all.length;
}

function takeScheme(text: string, challenges: RawChallenge[]): number | undefined {
  const match = SCHEME.exec(text);
  if (match === null) return undefined;
  const [all, scheme = ''] = match;
  challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
  return all.length;
}
