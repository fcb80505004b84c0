import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../src/engine/index.ts';
import type { Engine, EngineConfig } from '../../src/engine/port.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An engine whose every answer a test decides: for ends of a connection that a real engine does not give on demand. */
export interface ScriptedEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly config: EngineConfig;
  /** `GET /images/x/json`, without the version, of every request so far. */
  readonly requests: readonly string[];
}

/** Routes are `METHOD /path` without version and query; a ping is answered unless there is a route for it. */
export async function scriptedEngine(routes: Readonly<Record<string, Handler>>): Promise<ScriptedEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'caisson-scripted-'));
  const socket = join(folder, 'engine.sock');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '').replace(/\?.*$/s, '');
    const key = `${request.method ?? ''} ${path}`;
    requests.push(key);
    const handler = { 'GET /_ping': answerPing, ...routes }[key];
    if (handler === undefined) response.writeHead(404).end('{"message":"no such route"}');
    else handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const config: EngineConfig = {
    host: `unix://${socket}`,
    tlsVerify: 'off',
    dockerConfigFolder: folder,
    homeFolder: folder,
  };
  return {
    engine: createEngine(config),
    config,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function answerPing(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'Api-Version': '1.44', 'Builder-Version': '2', Ostype: 'linux' }).end('OK');
}
