import { afterAll, beforeAll } from 'vitest';
import type { StoreSettings } from '../../src/sources/artifacts/settings.ts';

/** Where the set-up of `npm test` (scripts/setup/artifact-stores.mjs) has started them. Absent: skip, and say so. */
export const S3_ENDPOINT = process.env['CAISSON_TEST_S3_ENDPOINT'];
export const AZURITE = process.env['CAISSON_TEST_AZURITE'];
export const GCS_EMULATOR = process.env['CAISSON_TEST_GCS_EMULATOR'];
export const SSHD = readSshd(process.env['CAISSON_TEST_SSHD']);

export const withoutStore = (name: string, value: unknown): string =>
  value === undefined ? ` (skipped: CAISSON_TEST_${name} is not set)` : '';

export interface Sshd {
  readonly port: number;
  /** Where files may be put. */
  readonly folder: string;
  readonly user: string;
  /** Has an `ssh` that knows the server's key and the user's, and the name `store-by-alias`. */
  readonly bin: string;
  readonly knownHosts: string;
}

function readSshd(text: string | undefined): Sshd | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Sshd);
}

/** Azurite's well-known account, which is no secret. */
const AZURITE_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export const azuriteConnection = (key = AZURITE_KEY, endpoint = AZURITE ?? ''): string =>
  `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};BlobEndpoint=${endpoint};`;

export const STORE_SETTINGS: StoreSettings = {
  s3: { addressing: 'auto', tls: 'verify' },
  gcs: {},
  azure: {},
};

/** Variables of this process while the tests of the enclosing `describe` run: what the SDKs read by themselves. */
export function withVariables(variables: () => Readonly<Record<string, string | undefined>>): void {
  const before = new Map<string, string | undefined>();
  beforeAll(() => {
    for (const [name, value] of Object.entries(variables())) {
      before.set(name, process.env[name]);
      setVariable(name, value);
    }
  });
  afterAll(() => {
    for (const [name, value] of before) setVariable(name, value);
  });
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}
