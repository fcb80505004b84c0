import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePublish } from '../../../../src/commands/grammar/publish.ts';
import { codeOf } from '../../../support/errors.ts';

const tcp = { hostAddress: '', protocol: 'tcp' };

describe('-p, by docker’s rules', () => {
  it.each([
    ['5001', [{ ...tcp, hostPort: 0, containerPort: 5001 }]],
    ['8000:5001', [{ ...tcp, hostPort: 8000, containerPort: 5001 }]],
    ['0:5001', [{ ...tcp, hostPort: 0, containerPort: 5001 }]],
    [':5001', [{ ...tcp, hostPort: 0, containerPort: 5001 }]],
    ['127.0.0.1:8000:5001', [{ ...tcp, hostAddress: '127.0.0.1', hostPort: 8000, containerPort: 5001 }]],
    ['127.0.0.1::5001', [{ ...tcp, hostAddress: '127.0.0.1', hostPort: 0, containerPort: 5001 }]],
    ['[::1]:8000:5001', [{ ...tcp, hostAddress: '::1', hostPort: 8000, containerPort: 5001 }]],
    ['8000:5001/udp', [{ hostAddress: '', protocol: 'udp', hostPort: 8000, containerPort: 5001 }]],
    ['8000:5001/TCP', [{ ...tcp, hostPort: 8000, containerPort: 5001 }]],
    ['8000:5001/sctp', [{ hostAddress: '', protocol: 'sctp', hostPort: 8000, containerPort: 5001 }]],
    ['8000-8010:5001', [{ ...tcp, hostPort: 8000, lastHostPort: 8010, containerPort: 5001 }]],
    [
      '8000-8001:5001-5002',
      [
        { ...tcp, hostPort: 8000, containerPort: 5001 },
        { ...tcp, hostPort: 8001, containerPort: 5002 },
      ],
    ],
    [
      '5001-5002',
      [
        { ...tcp, hostPort: 0, containerPort: 5001 },
        { ...tcp, hostPort: 0, containerPort: 5002 },
      ],
    ],
  ])('%s', (text, expected) => {
    expect(parsePublish(text)).toEqual(expected);
  });

  it.each([
    '',
    ':',
    'http',
    '8000:',
    '0',
    '70000',
    '8000:70000',
    '8001-8000:5001-5002',
    '8000-8002:5001-5002',
    '8000-8010:5001-5002',
    '8000:5001/icmp',
    '8000:5001/',
    'localhost:8000:5001',
    '256.0.0.1:8000:5001',
    '[::g]:8000:5001',
    '::1:8000:5001',
    '1:2:3:4',
    '-1:5001',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parsePublish(text))).toBe('USAGE');
  });

  it('gives back any ports that were joined, and nothing but bindings or USAGE for any text', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(port, port, (hostPort, containerPort) => {
        expect(parsePublish(`${hostPort}:${containerPort}`)).toEqual([{ ...tcp, hostPort, containerPort }]);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-z:./[\]-]*$/), (text) => {
        expect([undefined, 'USAGE']).toContain(codeOf(() => parsePublish(text)));
      }),
    );
  });
});
