import { isIP } from 'node:net';
import { usage } from './usage.ts';

/** Docker's `--add-host`: NAME:ADDRESS or NAME=ADDRESS, host-gateway for the engine's own host. Throws USAGE. */
export function parseAddHost(text: string): string {
  const [, name = '', address = ''] = /^([A-Za-z0-9._-]+)[:=](.+)$/.exec(text) ?? [];
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (name !== '' && (bare === 'host-gateway' || isIP(bare) !== 0)) return `${name}:${bare}`;
  throw usage(
    `'${text}' for --add-host is not NAME:ADDRESS`,
    'such as db:10.0.0.5 or host.docker.internal:host-gateway',
  );
}
