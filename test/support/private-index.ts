import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { startLocalServer, type LocalServer } from './local-server.ts';

export interface PrivateIndex extends AsyncDisposable {
  readonly port: number;
  /** Paths that were asked for with the login, in order. */
  readonly served: readonly string[];
  /** Paths that were asked for without it, or with another one. */
  readonly refused: readonly string[];
}

export interface IndexLogin {
  readonly user: string;
  readonly password: string;
}

/** A Python package index on loopback that holds one wheel and shows nothing without its login. */
export async function startPrivateIndex(
  login: IndexLogin,
  wheel: { readonly name: string; readonly version: string },
): Promise<PrivateIndex> {
  const served: string[] = [];
  const refused: string[] = [];
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const file = `${wheel.name}-${wheel.version}-py3-none-any.whl`;
  const bytes = makeWheel(wheel.name, wheel.version);
  const page = `<a href="/files/${file}#sha256=${createHash('sha256').update(bytes).digest('hex')}">${file}</a>`;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    // a proxy is asked for the whole URL
    const path = (request.url ?? '').replace(/^http:\/\/[^/]+/, '');
    if (request.headers.authorization !== expected) {
      refused.push(path);
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="index"' }).end();
      return;
    }
    served.push(path);
    if (path === `/files/${file}`) response.writeHead(200).end(bytes);
    else if (path === `/simple/${wheel.name.replaceAll('_', '-')}/`)
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
    else response.writeHead(404).end();
  };
  const server: LocalServer = await startLocalServer(answer);
  return {
    port: Number(new URL(server.url).port),
    served,
    refused,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A wheel with one module that says ANSWER = 42. */
function makeWheel(name: string, version: string): Buffer {
  const info = `${name}-${version}.dist-info`;
  return storedZip({
    [`${name}.py`]: 'ANSWER = 42\n',
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: `${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
  });
}

/** A zip archive whose files are not compressed (PKWARE's APPNOTE, 4.3). */
function storedZip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x21, 8); // 1 January 1980
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** A forward proxy for http that wants its own login and passes requests on to loopback. */
export async function startProxy(login: IndexLogin): Promise<PrivateIndex> {
  const served: string[] = [];
  const refused: string[] = [];
  const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const server = await startLocalServer((request, response) => {
    const url = request.url ?? '';
    if (request.headers['proxy-authorization'] !== expected) {
      refused.push(url);
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="proxy"' }).end();
      return;
    }
    served.push(url);
    void passOn(url, request, response);
  });
  return {
    port: Number(new URL(server.url).port),
    served,
    refused,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function passOn(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization } = request.headers;
  const answer = await fetch(url, { headers: authorization === undefined ? {} : { authorization } });
  const type = answer.headers.get('content-type');
  const challenge = answer.headers.get('www-authenticate');
  response.writeHead(answer.status, {
    ...(type === null ? {} : { 'Content-Type': type }),
    ...(challenge === null ? {} : { 'WWW-Authenticate': challenge }),
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
