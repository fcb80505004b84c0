import type { PortBinding, Protocol } from '../../engine/port.ts';
import { usage } from './usage.ts';

const SYNTAX = 'write -p [[IP:]HOST:]CONTAINER[/udp], such as -p 5001:5001 or -p 127.0.0.1:8000:5001';

/** An inclusive range of ports; a single port is a range of one. */
interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Docker's `-p` (docker/go-connections, nat.ParsePortSpec): `5001`, `8000:5001`, `127.0.0.1::5001`, `[::1]:8000:5001`, ranges of equal
 * length, `8000-8010:5001` for a free one of a range. An absent host port is any free one. Throws USAGE.
 */
export function parsePublish(text: string): readonly PortBinding[] {
  const { hostAddress, host, container, protocol } = splitSpec(text);
  const containerPorts = parseRange(container, text, 1);
  const binding = (hostPort: number, offset: number): PortBinding => ({
    hostAddress,
    hostPort,
    containerPort: containerPorts.first + offset,
    protocol,
  });
  const offsets = Array.from({ length: lengthOf(containerPorts) }, (_, offset) => offset);
  if (host === '') return offsets.map((offset) => binding(0, offset));
  const hostPorts = parseRange(host, text, 0);
  if (lengthOf(hostPorts) === lengthOf(containerPorts))
    return offsets.map((offset) => binding(hostPorts.first + offset, offset));
  if (lengthOf(containerPorts) === 1)
    return [{ ...binding(hostPorts.first, 0), lastHostPort: hostPorts.last }];
  throw usage(
    `'${text}' for --publish has ranges of different lengths`,
    'give both ranges the same length, one container port, or no host port for any free one',
  );
}

function splitSpec(text: string): {
  readonly hostAddress: string;
  readonly host: string;
  readonly container: string;
  readonly protocol: Protocol;
} {
  const [, address = '', host = '', container = '', protocol = 'tcp'] =
    /^(?:(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]*):)?([^:]*):)?([^:/]+)(?:\/([a-zA-Z]+))?$/.exec(text) ?? [];
  if (container === '') throw usage(`'${text}' for --publish is not a port mapping`, SYNTAX);
  const hostAddress = address.replace(/^\[|\]$/g, '');
  if (hostAddress !== '' && !isAddress(hostAddress))
    throw usage(`'${hostAddress}' in --publish '${text}' is not an IP address`, SYNTAX);
  return { hostAddress, host, container, protocol: parseProtocol(protocol, text) };
}

function parseProtocol(text: string, spec: string): Protocol {
  const protocol = text.toLowerCase();
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp') return protocol;
  throw usage(`'${text}' in --publish '${spec}' is not a protocol`, 'it is tcp, udp or sctp');
}

function parseRange(text: string, spec: string, lowest: number): PortRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1] ?? NaN);
  const last = Number(match?.[2] ?? first);
  if (!(first >= lowest && last >= first && last <= 65_535))
    throw usage(`'${text}' in --publish '${spec}' is not a port or a range of ports`, SYNTAX);
  return { first, last };
}

function lengthOf({ first, last }: PortRange): number {
  return last - first + 1;
}

function isAddress(text: string): boolean {
  if (text.includes(':')) return URL.canParse(`http://[${text}]/`);
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}
