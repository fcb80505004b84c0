import { createHash } from 'node:crypto';
import { CaissonError } from '../../src/core/errors.ts';
import { isFor, type Platform } from '../../src/model/platform.ts';
import type { RegistryCredentials } from '../../src/model/registry-credentials.ts';
import type { FakeImage } from './fake-engine.ts';

/** A registry in memory, for the fake engine. */
export class FakeRegistry {
  readonly host: string;
  /** By familiar reference with a tag. */
  readonly images = new Map<string, FakeImage>();
  /** Of a reference that names several: those of other platforms. */
  readonly others = new Map<string, readonly FakeImage[]>();
  /** Texts of indexes, by familiar reference with a tag. */
  readonly indexes = new Map<string, string>();
  tagRemoval: 'removed' | 'refused' = 'removed';
  readonly removedTags: string[] = [];
  readonly #login: { readonly username: string; readonly password: string } | undefined;

  constructor(host: string, login?: { readonly username: string; readonly password: string }) {
    this.host = host;
    this.#login = login;
  }

  /** Throws REGISTRY_DENIED unless the credentials hold this registry's login. */
  check(credentials: RegistryCredentials): void {
    if (this.#login === undefined) return;
    const given = credentials[this.host];
    if (given?.username === this.#login.username && given.password === this.#login.password) return;
    throw new CaissonError('REGISTRY_DENIED', `registry '${this.host}' refuses the login`, {
      hint: `docker login ${this.host}`,
    });
  }

  /** By its digest, under whatever name. */
  withDigest(digest: string): FakeImage | undefined {
    return [...this.images.values()].find(({ imageId }) => digestOf(imageId) === digest);
  }

  put(reference: string, image: FakeImage): string {
    this.images.set(reference, image);
    return digestOf(image.imageId);
  }

  /** An image of one platform alone is what everybody gets, as with Docker. */
  get(reference: string, platform: Platform): FakeImage | undefined {
    const first = this.images.get(reference);
    const others = this.others.get(reference);
    if (first === undefined || others === undefined) return first;
    return [first, ...others].find((image) => isFor(platform, image.platform));
  }

  /** `repository@digest` of every reference that holds the image. */
  digestsOf(imageId: string): string[] {
    return [...this.images]
      .filter(([, image]) => image.imageId === imageId)
      .map(([reference]) => `${reference.slice(0, reference.lastIndexOf(':'))}@${digestOf(imageId)}`);
  }
}

function digestOf(imageId: string): string {
  return `sha256:${createHash('sha256').update(`manifest of ${imageId}`).digest('hex')}`;
}
