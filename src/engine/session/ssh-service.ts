import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../core/errors.ts';
import { bytesField, readFields } from '../protobuf.ts';
import {
  beginAnswer,
  framed,
  GRPC_STATUS,
  nameIn,
  readMessages,
  readRequest,
  refuse,
  reply,
  type GrpcMethods,
} from './grpc.ts';
import { readOnlyMessages } from './ssh-agent-filter.ts';

/** The one id that caisson's Dockerfiles mount. */
const ID = 'default';

/** The ssh agent that RUN steps mount (moby.sshforward.v1.SSH): each connection of a step becomes one to the agent's socket. */
export function sshService(agentSocket: string): GrpcMethods {
  return {
    '/moby.sshforward.v1.SSH/CheckAgent': async ({ stream }) => {
      const id = nameIn(await readRequest(stream));
      if (isKnown(id)) reply(stream, Buffer.alloc(0));
      else refuseId(stream);
    },
    '/moby.sshforward.v1.SSH/ForwardAgent': async ({ stream, headers }) => {
      const id = headers['buildkit.ssh.id'];
      if (isKnown(typeof id === 'string' ? id : '')) await forward(stream, agentSocket);
      else refuseId(stream);
    },
  };
}

const isKnown = (id: string): boolean => id === ID || id === '';

function refuseId(stream: ServerHttp2Stream): void {
  refuse(stream, GRPC_STATUS.notFound, 'there is no such ssh agent');
}

async function forward(stream: ServerHttp2Stream, agentSocket: string): Promise<void> {
  const socket = connect(agentSocket);
  try {
    await once(socket, 'connect');
  } catch (error) {
    refuse(stream, GRPC_STATUS.unavailable, `the ssh agent does not answer: ${messageOf(error)}`);
    return;
  }
  beginAnswer(stream);
  await Promise.all([
    pipeline(stream, readMessages, dataOf, readOnlyMessages, socket),
    pipeline(socket as AsyncIterable<Buffer> & Socket, messagesOf, stream),
  ]);
}

/** The content of each BytesMessage. */
async function* dataOf(messages: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const message of messages)
    for (const field of readFields(message))
      if (field.number === 1 && field.kind === 'bytes') yield field.bytes;
}

async function* messagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield framed(bytesField(1, chunk));
}
