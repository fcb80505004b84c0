import { connect } from 'node:net';

import { parseReply } from './replies.mjs';

/** @typedef {import('./replies.mjs').Reply} Reply */
/** @typedef {{ host: string, port: number }} Address */

/**
 * One HTTP/1.1 connection that stays open, with one request at a time on it. Written here because Node's own clients cost several
 * times more for each request than the server under test, and hide on which port a request left.
 */
export class Wire {
  /** @type {import('node:net').Socket | undefined} */
  #socket;
  /** @type {number | undefined} */
  #lastPort;
  /** @type {Buffer} */
  #received = Buffer.alloc(0);
  /** @type {{ resolve: (reply: Reply) => void, reject: (error: Error) => void } | undefined} */
  #waiting;
  /** @type {Address} */
  #address;

  /** @param {Address} address */
  constructor(address) {
    this.#address = address;
  }

  /** This side's port in the last connection that was made, by which the server's side can be told. */
  get lastPort() {
    return this.#lastPort;
  }

  get isOpen() {
    return this.#socket !== undefined;
  }

  /** @param {number} [timeoutMs] @returns {Promise<void>} Throws when there is no connection. */
  open(timeoutMs = 10_000) {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...this.#address, noDelay: true });
      const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), timeoutMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        this.#socket = socket;
        this.#lastPort = socket.localPort;
        this.#received = Buffer.alloc(0);
        socket.on('data', (chunk) => this.#take(chunk));
        resolve();
      });
      socket.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
        this.#lost(socket, error.message);
      });
      socket.once('close', () => this.#lost(socket, 'the connection was closed'));
      socket.once('end', () => socket.end());
    });
  }

  /**
   * Sends a whole request and waits for its reply. Throws when the connection ends first, or when the time is over: then it is closed.
   * @param {Buffer} bytes @param {number} [timeoutMs] @returns {Promise<Reply>}
   */
  async ask(bytes, timeoutMs = 120_000) {
    if (this.#socket === undefined) await this.open();
    const timer = setTimeout(() => this.#abandon('no reply in time'), timeoutMs);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#socket?.write(bytes);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close() {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }

  /** @param {string} message */
  #abandon(message) {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#lost(socket, message);
    socket.destroy();
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const parsed = parseReply(this.#received, { ended: false });
    if (parsed === undefined || this.#waiting === undefined) return;
    this.#received = parsed.rest;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    if (parsed.reply.headers.get('connection')?.toLowerCase() === 'close') this.close();
    resolve(parsed.reply);
  }

  /** @param {import('node:net').Socket} socket @param {string} message */
  #lost(socket, message) {
    if (this.#socket === socket) this.#socket = undefined;
    const waiting = this.#waiting;
    if (waiting === undefined || (this.#socket !== undefined && this.#socket !== socket)) return;
    this.#waiting = undefined;
    waiting.reject(new Error(this.#received.length > 0 ? `${message} in the middle of a reply` : message));
  }
}

/**
 * A request as bytes.
 * @param {{ method?: string, path: string, type?: string, body?: string | Buffer, headers?: readonly string[] }} request
 */
export function requestBytes({ method = 'POST', path, type, body = '', headers = [] }) {
  const content = Buffer.from(body);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: caisson',
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...(method === 'GET' ? [] : [`Content-Length: ${content.length}`]),
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content]);
}
