import { randomUUID } from 'node:crypto';
import { performServerHandshake } from 'node:http2';
import type { EngineApi } from '../engine-api.ts';
import type { BuildRequest } from '../port.ts';
import { varintField } from '../protobuf.ts';
import { authService } from './auth-service.ts';
import { GRPC_STATUS, refuse, reply, type GrpcCall, type GrpcMethods } from './grpc.ts';
import { secretsService } from './secrets-service.ts';
import { sshService } from './ssh-service.ts';

/*
 * BuildKit asks its client back during a build: it opens a gRPC connection the other way round, over a connection
 * that the client upgraded. caisson answers for logins of registries, secrets, the ssh agent, and the health check that
 * keeps the session open. gRPC is HTTP/2 with messages of a 5-byte prefix, so node:http2 is enough.
 * dockerode has a session too, but it gives one login to every registry and stays open when a build fails or aborts.
 */

export interface BuildSession {
  readonly id: string;
  close(): void;
}

/** What a build may ask of its session. */
export type SessionParts = Pick<BuildRequest, 'credentials' | 'secrets' | 'sshSocket'>;

/** HealthCheckResponse with status SERVING. */
const SERVING = varintField(1, 1n);

export async function openSession(
  api: EngineApi,
  { parts, signal }: { readonly parts: SessionParts; readonly signal: AbortSignal },
): Promise<BuildSession> {
  const id = randomUUID();
  const methods = methodsOf(parts);
  const socket = await api.upgrade({
    method: 'POST',
    path: '/session',
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'caisson',
      'X-Docker-Expose-Session-Grpc-Method': Object.keys(methods),
    },
    signal,
  });
  const session = performServerHandshake(socket);
  // The engine drops the connection when the build ends; what went wrong is told by the build itself.
  session.on('error', ignore);
  socket.on('error', ignore);
  session.on('stream', (stream, headers) => {
    stream.on('error', ignore);
    void answer({ stream, headers }, methods).catch(() => {
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

function methodsOf({ credentials, secrets = {}, sshSocket }: SessionParts): GrpcMethods {
  return {
    '/grpc.health.v1.Health/Check': ({ stream }) => {
      reply(stream, SERVING);
    },
    ...authService(credentials),
    ...secretsService(secrets),
    ...(sshSocket === undefined ? {} : sshService(sshSocket)),
  };
}

async function answer(call: GrpcCall, methods: GrpcMethods): Promise<void> {
  const path = call.headers[':path'] ?? '';
  const method = Object.hasOwn(methods, path) ? methods[path] : undefined;
  if (method === undefined)
    refuse(call.stream, GRPC_STATUS.unimplemented, 'caisson does not have this method');
  else await method(call);
}

function ignore(): void {
  // nothing to do, see above
}
