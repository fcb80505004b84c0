import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the gate does with one request. `hold` never answers. */
export type Decision = 'pass' | 'hold' | { readonly status: number };

/** A gate in front of a real HTTP server: the proxy that asks for a login, or the line that hangs. */
export interface Gate {
  readonly url: string;
  /** Resolves when a request is being held. */
  readonly held: Promise<void>;
  close(): Promise<void>;
}

export async function openGate(
  upstream: string | undefined,
  decide: (request: IncomingMessage) => Decision,
): Promise<Gate> {
  let tellHeld: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    tellHeld = resolve;
  });
  const server = createServer((incoming, outgoing) => {
    const decision = decide(incoming);
    if (decision === 'hold') {
      tellHeld();
      return;
    }
    if (decision !== 'pass') return void outgoing.writeHead(decision.status).end('no entry\n');
    forward(upstream ?? '', incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    held,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(upstream: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const host = new URL(upstream).host;
  const passed = request(
    `${upstream}${incoming.url ?? '/'}`,
    { method, headers: { ...headers, host } },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}

/** Whether a request carries this login. */
export const hasLogin = (incoming: IncomingMessage, username: string, password: string): boolean =>
  incoming.headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
