import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openSession, type SessionParts } from '../../../../src/engine/session/buildkit-session.ts';
import type { EngineApi } from '../../../../src/engine/engine-api.ts';
import { bytesField, readFields } from '../../../../src/engine/protobuf.ts';

interface GrpcAnswer {
  readonly status: string;
  readonly message: Buffer;
}

const CREDENTIALS = '/moby.filesync.v1.Auth/Credentials';
const GET_SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const CHECK_AGENT = '/moby.sshforward.v1.SSH/CheckAgent';
const credentials = {
  'docker.io': { username: 'hub', password: 'h' },
  'r.io': { username: 'me', password: 'se:cret' },
  'token.io': { username: 'ignored', identityToken: 'tok' },
};

let close = (): void => undefined;

afterEach(() => {
  close();
});

/** The engine's side of a session: BuildKit is the client, over a connection that caisson opened. */
async function session(parts: SessionParts = { credentials }): Promise<{
  client: ClientHttp2Session;
  ended: Promise<void>;
  closeSession: () => void;
}> {
  const [ours, theirs] = await socketPair();
  const api = { upgrade: () => Promise.resolve(ours) } as unknown as EngineApi;
  const opened = await openSession(api, { parts, signal: new AbortController().signal });
  const client = connectHttp2('http://engine', { createConnection: () => theirs });
  client.on('error', () => undefined);
  close = () => {
    client.destroy();
    opened.close();
  };
  const ended = new Promise<void>((resolve) =>
    theirs.once('close', () => {
      resolve();
    }),
  );
  return {
    client,
    ended,
    closeSession: () => {
      opened.close();
    },
  };
}

async function socketPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const socket = connectSocket((server.address() as AddressInfo).port, '127.0.0.1');
  const pair = [await accepted, socket] as const;
  server.close();
  return pair;
}

function call(
  client: ClientHttp2Session,
  path: string,
  message: Buffer = Buffer.alloc(0),
): Promise<GrpcAnswer> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    const chunks: Buffer[] = [];
    let status = '';
    const takeStatus = (headers: Readonly<Record<string, unknown>>): void => {
      status = typeof headers['grpc-status'] === 'string' ? headers['grpc-status'] : status;
    };
    stream.on('response', takeStatus);
    stream.on('trailers', takeStatus);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      resolve({ status, message: Buffer.concat(chunks) });
    });
    stream.on('error', reject);
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
  });
}

async function loginOf(client: ClientHttp2Session, host: string): Promise<readonly unknown[]> {
  const { status, message } = await call(client, CREDENTIALS, bytesField(1, host));
  expect(status).toBe('0');
  expect(message.readUInt32BE(1)).toBe(message.length - 5);
  return [...readFields(message.subarray(5))].map((field) =>
    field.kind === 'bytes' ? [field.number, field.bytes.toString()] : field.number,
  );
}

describe('a BuildKit session', () => {
  it('gives a registry its own login and no other one', async () => {
    const { client } = await session();
    expect(await loginOf(client, 'r.io')).toEqual([
      [1, 'me'],
      [2, 'se:cret'],
    ]);
    expect(await loginOf(client, 'registry-1.docker.io')).toEqual([
      [1, 'hub'],
      [2, 'h'],
    ]);
    expect(await loginOf(client, 'token.io')).toEqual([[2, 'tok']]);
    expect(await loginOf(client, 'other.io')).toEqual([]);
    expect(await loginOf(client, '__proto__')).toEqual([]);
  });

  it('says that it is healthy, and what it does not do', async () => {
    const { client } = await session();
    const health = await call(client, '/grpc.health.v1.Health/Check');
    expect([health.status, health.message.toString('hex')]).toEqual(['0', '00000000020801']);
    expect((await call(client, '/moby.filesync.v1.FileSync/DiffCopy')).status).toBe('12');
    expect((await call(client, '/moby.filesync.v1.Auth/FetchToken')).status).toBe('12');
  });

  it('gives secrets by id, of any size, and no other ones', async () => {
    const large = Buffer.alloc(512_000, 'x');
    const { client } = await session({ credentials, secrets: { large, empty: Buffer.alloc(0) } });
    const found = await call(client, GET_SECRET, bytesField(1, 'large'));
    expect(found.status).toBe('0');
    expect([...readFields(found.message.subarray(5))]).toEqual([{ number: 1, kind: 'bytes', bytes: large }]);
    expect((await call(client, GET_SECRET, bytesField(1, 'empty'))).status).toBe('0');
    for (const id of ['other', '__proto__', ''])
      expect(await call(client, GET_SECRET, bytesField(1, id))).toEqual({
        status: '5',
        message: Buffer.alloc(0),
      });
  });

  it('has an ssh agent when there is one, under its own id', async () => {
    const without = await session();
    expect((await call(without.client, CHECK_AGENT, bytesField(1, 'default'))).status).toBe('12');
    close();
    const { client } = await session({ credentials, sshSocket: '/nowhere/agent.sock' });
    expect((await call(client, CHECK_AGENT, bytesField(1, 'default'))).status).toBe('0');
    expect((await call(client, CHECK_AGENT)).status).toBe('0');
    expect((await call(client, CHECK_AGENT, bytesField(1, 'other'))).status).toBe('5');
    // an agent that is gone
    expect((await call(client, '/moby.sshforward.v1.SSH/ForwardAgent')).status).toBe('14');
  });

  it('lets go of the connection when it is closed', async () => {
    const { client, ended, closeSession } = await session();
    await call(client, '/grpc.health.v1.Health/Check');
    closeSession();
    await ended;
  });
});
