const REDACTED = '[redacted]';

/**
 * `scheme://user:password@host` anywhere in a text. The user information reaches to the last `@` before the path, because
 * people forget to encode an `@` in a password.
 */
const URL_USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)([^\s/?#'"]+@)/gi;
/** Azure's addresses have the container there: `wasbs://container@account.blob.core.windows.net/path`. */
const WITH_CONTAINER = /^(?:wasbs|abfss):\/\/[^:@]+@$/i;

export type Redact = (text: string) => string;

/** Removes user information from every URL in the text. */
export function stripUserInfo(text: string): string {
  return text.replace(URL_USER_INFO, (whole, scheme: string) =>
    WITH_CONTAINER.test(whole) ? whole : scheme,
  );
}

/**
 * Hides the given secret values, their URL-encoded and JSON-escaped forms, and the user information of any URL.
 * Values of fewer than four characters are not hidden: they would tear up ordinary words.
 */
export function createRedactor(secrets: Iterable<string>): Redact {
  const values = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    values.add(secret);
    values.add(encodeURIComponent(secret));
    for (const written of jsonForms(secret)) values.add(written);
  }
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((result, value) => result.replaceAll(value, REDACTED), stripUserInfo(text));
}

/** Inside a string of JSON: as JavaScript writes it, and as Python's json does, in ASCII. */
function jsonForms(secret: string): readonly string[] {
  const written = JSON.stringify(secret).slice(1, -1);
  const ascii = written.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [written, ascii];
}

/** Collects secrets as they become known (environment first, registry logins later) and hides all of them. */
export interface SecretKeeper {
  add(...secrets: readonly (string | undefined)[]): void;
  readonly redact: Redact;
}

export function createSecretKeeper(): SecretKeeper {
  const secrets = new Set<string>();
  let redact = createRedactor(secrets);
  return {
    add: (...values) => {
      for (const value of values) if (value !== undefined) secrets.add(value);
      redact = createRedactor(secrets);
    },
    redact: (text) => redact(text),
  };
}
