import type { RegistryCredentials, RegistryLogin } from '../../model/registry-credentials.ts';
import { bytesField } from '../protobuf.ts';
import { nameIn, readRequest, reply, type GrpcMethods } from './grpc.ts';

/** The login of a registry that a base image comes from (moby.filesync.v1.Auth). */
export function authService(credentials: RegistryCredentials): GrpcMethods {
  return {
    '/moby.filesync.v1.Auth/Credentials': async ({ stream }) => {
      reply(stream, encodeLogin(loginFor(nameIn(await readRequest(stream)), credentials)));
    },
  };
}

function loginFor(host: string, credentials: RegistryCredentials): RegistryLogin | undefined {
  // as ImageReference names the registry
  const registry = host === 'registry-1.docker.io' ? 'docker.io' : host;
  // the name comes from outside: `constructor` is no registry
  return Object.hasOwn(credentials, registry) ? credentials[registry] : undefined;
}

/** CredentialsResponse; both fields empty stand for an anonymous client. */
function encodeLogin(login: RegistryLogin | undefined): Buffer {
  if (login === undefined) return Buffer.alloc(0);
  // As docker's client: an identity token goes without a user name.
  if (login.identityToken !== undefined) return bytesField(2, login.identityToken);
  return Buffer.concat([bytesField(1, login.username ?? ''), bytesField(2, login.password ?? '')]);
}
