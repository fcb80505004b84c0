import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLocalServer, type LocalServer } from './local-server.ts';

interface StoredObject {
  readonly content: Buffer;
  readonly generation: string;
}

/** Google's storage as the reference of its JSON API describes it: objects.list and the media download of objects.get. */
export interface FakeGcs {
  readonly server: LocalServer;
  put(name: string, content: Buffer): void;
  remove(name: string): void;
}

const PAGE = 1000;
const LIST = /^\/storage\/v1\/b\/([^/]+)\/o$/;
const OBJECT = /^\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)$/;

/** One bucket of the given name. */
export async function startFakeGcs(bucket: string): Promise<FakeGcs> {
  const objects = new Map<string, StoredObject>();
  let generation = 1_700_000_000_000_000;
  const server = await startLocalServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://test');
    const object = OBJECT.exec(url.pathname);
    if ((object ?? LIST.exec(url.pathname))?.[1] !== bucket)
      answerError(response, 404, 'The specified bucket does not exist.');
    else if (object === null) answerList(response, url.searchParams, objects);
    else answerMedia({ request, response, url }, objects.get(decodeURIComponent(object[2]!)));
  });
  return {
    server,
    put: (name, content) => {
      objects.set(name, { content, generation: String((generation += 1)) });
    },
    remove: (name) => {
      objects.delete(name);
    },
  };
}

/** In the form of the API's errors. */
export function answerError(response: ServerResponse, code: number, message: string): void {
  const errors = [{ message, domain: 'global', reason: code === 404 ? 'notFound' : 'forbidden' }];
  response.writeHead(code, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify({ error: { code, message, errors } }));
}

function answerList(
  response: ServerResponse,
  query: URLSearchParams,
  objects: ReadonlyMap<string, StoredObject>,
): void {
  const prefix = query.get('prefix') ?? '';
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  const from = Number(query.get('pageToken') ?? 0);
  const items = names.slice(from, from + PAGE).map((name) => {
    const { content, generation } = objects.get(name)!;
    const md5Hash = createHash('md5').update(content).digest('base64');
    return { name, size: String(content.length), generation, md5Hash };
  });
  const next = from + PAGE < names.length ? { nextPageToken: String(from + PAGE) } : {};
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify({ ...(items.length === 0 ? {} : { items }), ...next }));
}

function answerMedia(
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
  object: StoredObject | undefined,
): void {
  const asked = url.searchParams.get('generation');
  if (object === undefined || (asked !== null && asked !== object.generation)) {
    response.writeHead(404).end(`No such object: ${url.pathname}`);
    return;
  }
  const { content } = object;
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (start === undefined) {
    response.writeHead(200, { 'content-length': content.length }).end(content);
    return;
  }
  if (Number(start) >= content.length) {
    answerError(response, 416, 'Request range not satisfiable');
    return;
  }
  const part = content.subarray(Number(start), end === '' ? undefined : Number(end) + 1);
  response
    .writeHead(206, {
      'content-length': part.length,
      'content-range': `bytes ${start}-${Number(start) + part.length - 1}/${content.length}`,
    })
    .end(part);
}
