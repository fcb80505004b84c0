import { bytesField } from '../protobuf.ts';
import { GRPC_STATUS, nameIn, readRequest, refuse, reply, type GrpcMethods } from './grpc.ts';

/** The secrets that RUN steps mount (moby.buildkit.secrets.v1.Secrets), by id. */
export function secretsService(secrets: Readonly<Record<string, Uint8Array>>): GrpcMethods {
  return {
    '/moby.buildkit.secrets.v1.Secrets/GetSecret': async ({ stream }) => {
      const id = nameIn(await readRequest(stream));
      const secret = Object.hasOwn(secrets, id) ? secrets[id] : undefined;
      if (secret === undefined) refuse(stream, GRPC_STATUS.notFound, 'there is no such secret');
      else reply(stream, bytesField(1, secret));
    },
  };
}
