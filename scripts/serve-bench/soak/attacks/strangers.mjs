import { refusedOrClosed } from '../expectations.mjs';

/** @typedef {import('../attack.mjs').Attack} Attack */

/** Other protocols, and none. @returns {Attack[]} */
export function otherProtocols() {
  const hello = Buffer.from('16030100c8010000c40303', 'hex');
  const words = {
    'TLS hello': Buffer.concat([hello, Buffer.alloc(190, 7)]),
    'HTTP/2 preface': Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    SSH: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
    SMTP: Buffer.from('EHLO caisson\r\nMAIL FROM:<a@b>\r\n'),
    redis: Buffer.from('*1\r\n$4\r\nPING\r\n'),
    'PROXY protocol': Buffer.from(
      'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET /ping HTTP/1.1\r\nHost: x\r\n\r\n',
    ),
    zeros: Buffer.alloc(10_000),
    'line ends': Buffer.from('\r\n'.repeat(10_000)),
    'a page without requests': Buffer.from('\n'),
    nothing: Buffer.alloc(0),
  };
  return Object.entries(words).flatMap(([name, bytes]) => [
    { name, family: 'other protocols', steps: [bytes], expects: refusedOrClosed, patienceMs: 500 },
    {
      name: `${name}, half-closed`,
      family: 'other protocols',
      steps: [bytes],
      expects: refusedOrClosed,
      manner: 'half-close',
    },
    {
      name: `${name}, reset`,
      family: 'other protocols',
      steps: [bytes],
      expects: refusedOrClosed,
      manner: 'reset',
    },
  ]);
}
