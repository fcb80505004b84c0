import { randomUUID } from 'node:crypto';
import { performServerHandshake, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { RegistryCredentials, RegistryLogin } from '../model/registry-credentials.ts';
import type { EngineApi } from './engine-api.ts';
import { bytesField, readFields, varintField } from './protobuf.ts';

/*
 * BuildKit asks its client back during a build: it opens a gRPC connection the other way round, over a connection
 * that the client upgraded. caisson answers two calls: the login of a registry that a base image comes from, and the
 * health check that keeps the session open. gRPC is HTTP/2 with messages of a 5-byte prefix, so node:http2 is enough.
 * dockerode has a session too, but it gives one login to every registry and stays open when a build fails or aborts.
 */

export interface BuildSession {
  readonly id: string;
  close(): void;
}

const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const HEALTH = '/grpc.health.v1.Health/Check';

const GRPC = { ok: '0', unimplemented: '12' } as const;
/** Compression flag (1 byte) and length (4 bytes) in front of each message. */
const PREFIX_LENGTH = 5;
/** Bytes; the requests hold a host name. */
const MAX_REQUEST = 64 * 1024;

export async function openSession(
  api: EngineApi,
  { credentials, signal }: { readonly credentials: RegistryCredentials; readonly signal: AbortSignal },
): Promise<BuildSession> {
  const id = randomUUID();
  const socket = await api.upgrade({
    method: 'POST',
    path: '/session',
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'caisson',
      'X-Docker-Expose-Session-Grpc-Method': CREDENTIALS,
    },
    signal,
  });
  const session = performServerHandshake(socket);
  // The engine drops the connection when the build ends; what went wrong is told by the build itself.
  session.on('error', ignore);
  socket.on('error', ignore);
  session.on('stream', (stream, headers) => {
    stream.on('error', ignore);
    void answer(stream, headers, credentials).catch(() => {
      stream.destroy();
    });
  });
  return {
    id,
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  credentials: RegistryCredentials,
): Promise<void> {
  const path = headers[':path'];
  if (path === CREDENTIALS) reply(stream, encodeLogin(loginFor(await readRequest(stream), credentials)));
  else if (path === HEALTH) reply(stream, SERVING);
  else refuse(stream);
}

/** HealthCheckResponse with status SERVING. */
const SERVING = varintField(1, 1n);

/** The single message of a unary call. */
async function readRequest(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).subarray(PREFIX_LENGTH);
}

function loginFor(request: Uint8Array, credentials: RegistryCredentials): RegistryLogin | undefined {
  const registry = registryOf(request);
  // The name comes from outside: `constructor` is no registry.
  return Object.hasOwn(credentials, registry) ? credentials[registry] : undefined;
}

/** CredentialsRequest.Host as ImageReference names the registry. */
function registryOf(request: Uint8Array): string {
  for (const field of readFields(request)) {
    if (field.number !== 1 || field.kind !== 'bytes') continue;
    const host = field.bytes.toString('utf8');
    return host === 'registry-1.docker.io' ? 'docker.io' : host;
  }
  return '';
}

/** CredentialsResponse; both fields empty stand for an anonymous client. */
function encodeLogin(login: RegistryLogin | undefined): Buffer {
  if (login === undefined) return Buffer.alloc(0);
  // As docker's client: an identity token goes without a user name.
  if (login.identityToken !== undefined) return bytesField(2, login.identityToken);
  return Buffer.concat([bytesField(1, login.username ?? ''), bytesField(2, login.password ?? '')]);
}

function reply(stream: ServerHttp2Stream, message: Buffer): void {
  const prefix = Buffer.alloc(PREFIX_LENGTH);
  prefix.writeUInt32BE(message.length, 1);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': GRPC.ok });
  });
  stream.end(Buffer.concat([prefix, message]));
}

function refuse(stream: ServerHttp2Stream): void {
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': GRPC.unimplemented },
    { endStream: true },
  );
}

function ignore(): void {
  // nothing to do, see above
}
