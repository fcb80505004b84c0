import { CaissonError, isCaissonError, messageOf } from '../core/errors.ts';
import { formatImageReference, type ImageReference } from '../model/image-reference.ts';
import { isRecord, textOf } from './json-values.ts';

/*
 * What engines say, turned into what caisson says. The Engine API has no error codes: a status tells little, and the
 * message is what Docker, its registry client or Podman happened to write. All such matching lives in this file.
 */

/** An answer that is not a success, or a connection that failed. */
export interface EngineReply {
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  readonly message: string;
  /** Of the operating system, such as ECONNREFUSED. */
  readonly systemCode?: string;
}

/** Takes apart what docker-modem throws: `(HTTP code 404) no such image - No such image: x:latest `. */
export function replyOf(error: unknown): EngineReply {
  const message = messageOf(error);
  if (!(error instanceof Error)) return { message };
  const [, status, reason] = /^\(HTTP code (\d+)\) .*? - (.*)$/s.exec(message) ?? [];
  if (status !== undefined) return { status: Number(status), message: (reason ?? '').trim() };
  const systemCode = 'code' in error ? textOf(error.code) : undefined;
  return systemCode === undefined ? { message } : { message, systemCode };
}

export function isMissing(error: unknown): boolean {
  return replyOf(error).status === 404;
}

/** Why no engine answers at an address, in a few words. */
export function reasonUnreachable(error: unknown): string {
  if (isCaissonError(error)) return error.message;
  const { status, message, systemCode } = replyOf(error);
  if (status !== undefined) return `it answers with HTTP status ${status}: ${message}`;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such socket',
    ENOTDIR: 'there is no such socket',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'the host is not known',
    EHOSTUNREACH: 'the host cannot be reached',
    ABORT_ERR: 'it did not answer in time',
    ETIMEDOUT: 'it did not answer in time',
  };
  return known[systemCode ?? ''] ?? message;
}

/** An error that no operation knows better. `what` reads like `start the container`. */
export function engineFailure(error: unknown, what: string): CaissonError {
  if (isCaissonError(error)) return error;
  const { status, message } = replyOf(error);
  if (status === undefined)
    return new CaissonError(
      'ENGINE_FAILED',
      `the connection to the engine broke while it was to ${what}: ${message}`,
      {
        hint: 'check that the engine runs',
        cause: error,
      },
    );
  return new CaissonError('ENGINE_FAILED', `the engine could not ${what}: ${message}`, { cause: error });
}

const DENIED =
  /unauthorized|authentication required|no basic auth|incorrect username or password|access forbidden|denied: |status:? 40[13]|40[13] Forbidden|insufficient_scope/i;
const MISSING =
  /manifest unknown|manifest for .* not found|not found: manifest|no such image|does not exist locally|tag does not exist|repository .*not found|name unknown|repository does not exist|reference does not exist|: not found$|image not known/i;
/** The name is there, and not for the platform that was asked for. */
const OTHER_PLATFORM = /no matching manifest|no match for platform|does not match the specified platform/i;
/** Registries hide a private image behind the same answer as one that does not exist. */
const PRIVATE_OR_MISSING = /pull access denied|may require ('docker login'|authorization)/i;

/** A push or pull that failed, from the message of its stream or answer. */
export function transferFailure(
  message: string,
  { reference, direction }: { readonly reference: ImageReference; readonly direction: 'push' | 'pull' },
): CaissonError {
  const image = formatImageReference(reference);
  const login = `log in with: docker login${loginHost(reference)}`;
  const detail = message;
  if (direction === 'pull' && PRIVATE_OR_MISSING.test(message))
    return new CaissonError('IMAGE_NOT_FOUND', `image '${image}' does not exist, or needs a login`, {
      hint: `check its name, or ${login}`,
      detail,
    });
  if (direction === 'pull' && OTHER_PLATFORM.test(message))
    return new CaissonError('IMAGE_NOT_FOUND', `image '${image}' is not there for this platform`, {
      hint: 'name another --platform, or an image that was built for this one',
      detail,
    });
  if (MISSING.test(message)) {
    const place = direction === 'push' ? 'the engine' : `registry '${reference.registry}'`;
    const hint =
      direction === 'push' ? 'build it, or tag an image with this reference' : 'check its name and tag';
    return new CaissonError('IMAGE_NOT_FOUND', `image '${image}' is not in ${place}`, { hint, detail });
  }
  if (DENIED.test(message))
    return new CaissonError(
      'REGISTRY_DENIED',
      `registry '${reference.registry}' refuses to ${direction} '${image}'`,
      {
        hint: login,
        detail,
      },
    );
  return new CaissonError('REGISTRY_FAILED', `registry '${reference.registry}': ${registryReason(message)}`, {
    hint: 'check that the registry runs, and its name in the reference',
    detail,
  });
}

function loginHost({ registry }: ImageReference): string {
  return registry === 'docker.io' ? '' : ` ${registry}`;
}

function registryReason(message: string): string {
  if (/connection refused/i.test(message)) return 'the connection is refused';
  if (/no such host|server misbehaving|name resolution/i.test(message)) return 'the host is not known';
  if (/i\/o timeout|timeout|deadline exceeded/i.test(message)) return 'no answer in time';
  if (/gave HTTP response to HTTPS client/i.test(message))
    return 'it speaks plain HTTP, which the engine allows on localhost and for its insecure-registries only';
  if (/x509|certificate/i.test(message)) return 'the engine does not trust its certificate';
  return message;
}

/** A base image that the build cannot have. */
export function baseFailure(base: string, message: string): CaissonError {
  return new CaissonError(
    'IMAGE_NOT_FOUND',
    `base image '${base}' is not in the engine and cannot be pulled`,
    {
      hint: 'check its name, log in to its registry with docker login, or name another with --base-image',
      detail: message,
    },
  );
}

/** The exit code in the error text of a RUN step, of BuildKit (old and new) or the classic builder. */
export function exitCodeOf(message: string): number | undefined {
  const code = /exit code: (\d+)|returned a non-zero code: (\d+)|exit status (\d+)/.exec(message);
  const digits = code?.[1] ?? code?.[2] ?? code?.[3];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether a program did not start because it is for another machine: the kernel's words, or those of the emulator of Docker's builder. */
export function isForeignProgram(message: string): boolean {
  return /exec format error|Invalid ELF image for this architecture/i.test(message);
}

/** The host port that is taken, from the error of a start; undefined when that is not what is wrong. */
export function takenPortOf(message: string): number | undefined {
  if (!/port is already allocated|address already in use/i.test(message)) return undefined;
  // `Bind for 127.0.0.1:5001 failed: …`, `listen tcp4 0.0.0.0:5001: bind: …`, `failed to bind host port [::]:5001/tcp: …`
  const port = /:(\d+)(?:\/(?:tcp|udp))?(?: failed)?: (?:bind: )?(?:port is|address) already/i.exec(
    message,
  )?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Whether a create failed because another container has the name. */
export function isNameTaken(message: string): boolean {
  return /container name .* is already in use/i.test(message);
}

/** The message in the body of an answer such as that of `wait`. */
export function errorMessageIn(body: unknown): string | undefined {
  const error = isRecord(body) ? body['Error'] : undefined;
  return isRecord(error) ? textOf(error['Message']) : undefined;
}
