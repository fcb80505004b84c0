import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { testPart } from '../environment.ts';

/** A real engine behind a socket of ours that keeps a copy of every build context. */
export interface RecordingEngine {
  readonly dockerHost: string;
  /** Files of the last context: path → bytes. */
  lastContext(): Promise<Map<string, Buffer>>;
  close(): Promise<void>;
}

const target = (): { socketPath?: string; host?: string; port?: number } => {
  const host = testPart('dockerHost');
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = new URL(host.replace(/^tcp:/, 'http:'));
  return { host: url.hostname, port: Number(url.port) };
};

const connectOptions = (): NetConnectOpts => {
  const { socketPath, host, port } = target();
  return socketPath === undefined ? { host, port: port ?? 0 } : { path: socketPath };
};

export async function recordingEngine(): Promise<RecordingEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'caisson-socket-'));
  const socketPath = join(folder, 'engine.sock');
  const contexts: Buffer[] = [];
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing, contexts);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    const upstream = connect(connectOptions());
    const lines = [`${incoming.method ?? 'GET'} ${incoming.url ?? '/'} HTTP/1.1`];
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      lines.push(`${incoming.rawHeaders[i]!}: ${incoming.rawHeaders[i + 1]!}`);
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    dockerHost: `unix://${socketPath}`,
    lastContext: () => readTar(contexts.at(-1) ?? Buffer.alloc(0)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, contexts: Buffer[]): void {
  const { method, url, headers } = incoming;
  const upstream = request({ ...target(), method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.flushHeaders(); // an engine says at once that it will tell of an end, and caisson waits for that
    answer.pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  if ((url ?? '').includes('/build?')) {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => contexts.push(Buffer.concat(chunks)));
  }
  incoming.pipe(upstream);
}

async function readTar(bytes: Buffer): Promise<Map<string, Buffer>> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const files = new Map<string, Buffer>();
  const tar = extract();
  Readable.from([isGzip ? gunzipSync(bytes) : bytes]).pipe(tar);
  for await (const entry of tar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file')
      files.set(entry.header.name.replace(/^\.\//, ''), Buffer.concat(chunks));
  }
  return files;
}
