/** Docker Hub's registry has another host than its references say. */
const HUB = { name: 'docker.io', host: 'registry-1.docker.io' } as const;

/**
 * Where a registry may answer, best first. As engines do: TLS alone, unless it is on this machine or the engine was told that it is
 * insecure; then plain HTTP when it speaks no TLS.
 */
export function registryAddresses(registry: string, insecureRegistries: readonly string[]): readonly URL[] {
  const secure = new URL(`https://${registry === HUB.name ? HUB.host : registry}/`);
  const host = secure.hostname.replace(/^\[|\]$/g, '');
  const isInsecure =
    host === 'localhost' ||
    host === '::1' ||
    ['127.0.0.0/8', ...insecureRegistries].some((entry) => entry === registry || contains(entry, host));
  return isInsecure ? [secure, new URL(`http://${registry}/`)] : [secure];
}

/** Whether an IPv4 range such as 10.0.0.0/8 holds the address. */
function contains(range: string, host: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const network = ipv4(base);
  const address = ipv4(host);
  if (network === undefined || address === undefined || !/^\d{1,2}$/.test(bits)) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(network / size) === Math.floor(address / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts?.every((part) => part <= 255) !== true) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
