import { createHash } from 'node:crypto';
import type { CaissonError } from '../core/errors.ts';
import {
  MANIFEST_TYPES,
  parseManifest,
  type Descriptor,
  type ManifestText,
} from '../model/image-manifest.ts';
import { formatImageReference, withDefaultTag, type ImageReference } from '../model/image-reference.ts';
import { HttpClient, type HttpResponse } from '../platform/http.ts';
import type { Registry, RegistryAccess, RemoteManifest } from './port.ts';
import { registryFailure } from './registry-errors.ts';
import { RegistryHttp, type RegistryCall } from './registry-http.ts';

/** Bytes. The distribution specification lets a registry refuse larger manifests. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/** A person waits: a registry that is busy is asked again for some seconds, not minutes. */
const HTTP_CONFIG = {
  idleTimeoutMs: 60_000,
  retry: { attempts: 4, baseDelayMs: 500, maxDelayMs: 10_000 },
};

const httpFor = ({ network = { proxies: {} } }: RegistryAccess): HttpClient =>
  new HttpClient({ ...HTTP_CONFIG, network });

type Actions = 'pull' | 'pull,push' | 'delete';

/** See Registry. */
export class RegistryClient implements Registry {
  readonly #registry: string;
  readonly #http: RegistryHttp;

  constructor(access: RegistryAccess, client = httpFor(access)) {
    this.#registry = access.registry;
    this.#http = new RegistryHttp(access, client);
  }

  async resolve(reference: ImageReference): Promise<Descriptor | undefined> {
    const call = this.#manifestCall(reference, { method: 'HEAD', actions: 'pull', what: 'to look up' });
    const answer = await this.#http.send(call);
    await answer.body.discard();
    if (answer.status === 404) return undefined;
    const descriptor = answer.status === 200 ? describedBy(answer) : undefined;
    // what a HEAD does not tell, or refuses, a GET does
    const isMeant = reference.digest === undefined || reference.digest === descriptor?.digest;
    return descriptor !== undefined && isMeant ? descriptor : this.readManifest(reference);
  }

  async readManifest(reference: ImageReference): Promise<RemoteManifest | undefined> {
    const call = this.#manifestCall(reference, { method: 'GET', actions: 'pull', what: 'to read' });
    const answer = await this.#http.send(call);
    if (answer.status === 404) {
      await answer.body.discard();
      return undefined;
    }
    if (answer.status !== 200) return this.#http.fail(call, answer);
    const bytes = await this.#bytesOf(answer, call);
    const digest = reference.digest ?? answer.header('docker-content-digest') ?? digestOf(bytes);
    this.#checkDigest(bytes, digest, call);
    const mediaType = mediaTypeOf(answer);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const manifest = parseManifest({ mediaType, text });
    if (manifest === undefined) throw this.#broken(call, `it has the type '${mediaType}', or is malformed`);
    return { mediaType, digest, size: bytes.byteLength, text, manifest };
  }

  async writeManifest(reference: ImageReference, { mediaType, text }: ManifestText): Promise<Descriptor> {
    const call = {
      ...this.#manifestCall(reference, { method: 'PUT', actions: 'pull,push', what: 'to write' }),
      headers: { 'content-type': mediaType },
      text,
    };
    const answer = await this.#http.send(call);
    if (answer.status < 200 || answer.status >= 300) return this.#http.fail(call, answer);
    await answer.body.discard();
    const bytes = Buffer.from(text);
    const digest = digestOf(bytes);
    const stored = answer.header('docker-content-digest') ?? digest;
    if (stored !== digest) throw this.#broken(call, `it was stored as '${stored}', and is '${digest}'`);
    return { mediaType, digest, size: bytes.byteLength };
  }

  async readBlob(reference: ImageReference, { digest, size }: Descriptor): Promise<Uint8Array> {
    const { repository } = reference;
    const call: RegistryCall = {
      method: 'GET',
      path: `v2/${repository}/blobs/${digest}`,
      scope: scopeOf(reference, 'pull'),
      what: `to read '${digest}' of '${repository}'`,
    };
    if (size > MAX_DOCUMENT_BYTES) throw this.#broken(call, `it has ${size} bytes`);
    const answer = await this.#http.send(call);
    if (answer.status !== 200) return this.#http.fail(call, answer);
    const bytes = await this.#bytesOf(answer, call);
    this.#checkDigest(bytes, digest, call);
    return bytes;
  }

  async removeTag({ registry, repository, tag = '' }: ImageReference): Promise<'removed' | 'refused'> {
    const call = this.#manifestCall(
      { registry, repository, tag },
      { method: 'DELETE', actions: 'delete', what: 'to remove' },
    );
    const { status, body } = await this.#http.send(call);
    await body.discard();
    return (status >= 200 && status < 300) || status === 404 ? 'removed' : 'refused';
  }

  #manifestCall(
    given: ImageReference,
    {
      method,
      actions,
      what,
    }: { readonly method: RegistryCall['method']; readonly actions: Actions; readonly what: string },
  ): RegistryCall {
    const reference = withDefaultTag(given);
    return {
      method,
      path: `v2/${reference.repository}/manifests/${reference.digest ?? reference.tag ?? ''}`,
      scope: scopeOf(reference, actions),
      what: `${what} '${formatImageReference(reference)}'`,
      headers: { accept: MANIFEST_TYPES.join(', ') },
    };
  }

  async #bytesOf({ body }: HttpResponse, call: RegistryCall): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of body.pieces()) {
      if (piece.kind === 'broken') throw this.#broken(call, piece.reason);
      size += piece.bytes.byteLength;
      if (size > MAX_DOCUMENT_BYTES)
        throw this.#broken(call, `it sends more than ${MAX_DOCUMENT_BYTES} bytes`);
      pieces.push(piece.bytes);
    }
    return Buffer.concat(pieces);
  }

  #checkDigest(bytes: Uint8Array, digest: string, call: RegistryCall): void {
    const real = digestOf(bytes, digest);
    if (real !== digest) throw this.#broken(call, `it sends '${real}' for '${digest}'`);
  }

  #broken({ what }: RegistryCall, reason: string): CaissonError {
    return registryFailure(this.#registry, `it fails ${what}: ${reason}`, {
      hint: 'push the image again, or ask the registry’s operator',
    });
  }
}

function scopeOf({ repository }: ImageReference, actions: Actions): string {
  return `repository:${repository}:${actions}`;
}

/** undefined unless the headers tell everything. */
function describedBy(answer: HttpResponse): Descriptor | undefined {
  const digest = answer.header('docker-content-digest') ?? '';
  const size = Number(answer.header('content-length') ?? NaN);
  const mediaType = mediaTypeOf(answer);
  const isWhole =
    /^sha256:[a-f0-9]{64}$/.test(digest) && Number.isSafeInteger(size) && MANIFEST_TYPES.includes(mediaType);
  return isWhole ? { mediaType, digest, size } : undefined;
}

function mediaTypeOf(answer: HttpResponse): string {
  return (answer.header('content-type') ?? '').replace(/;.*$/s, '').trim();
}

/** By the algorithm of another digest, sha256 unless that is one of the two others that references may have. */
function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = /^(sha384|sha512):/.exec(like)?.[1] ?? 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
