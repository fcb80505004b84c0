/** Logins by registry, as ImageReference names it (`docker.io`, `localhost:5000`). Never logged, never in a plan. */
export type RegistryCredentials = Readonly<Record<string, RegistryLogin>>;

export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
}
