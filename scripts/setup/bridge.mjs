import { capture, run, which } from '../support/processes.mjs';
import { CACHE_KEY } from '../support/paths.mjs';
import { SetUpError } from '../support/terminal.mjs';

/**
 * The network of our own engine: a bridge and an address range of its own, and three firewall rules that we add and take away. Two
 * engines that both use docker0 hand out the same addresses and flush each other's rules, so ours keeps its hands off both; its rules
 * carry the bridge's name, so that the rules of one engine are never those of another.
 *
 * @typedef {{ name: string, pool: string, gateway: string }} Bridge
 */

const NAME = `csn${CACHE_KEY}`;
const POOLS = [28, 29, 30, 31, 27, 26].map((second) => `172.${second}`);

/** The rules, as iptables arguments without the verb. @param {Bridge} bridge */
function rulesOf({ name, pool }) {
  const ours = ['-m', 'comment', '--comment', name];
  return [
    {
      table: 'nat',
      chain: 'POSTROUTING',
      match: ['-s', pool, '!', '-d', pool, ...ours, '-j', 'MASQUERADE'],
    },
    { table: 'filter', chain: 'FORWARD', match: ['-s', pool, ...ours, '-j', 'ACCEPT'] },
    { table: 'filter', chain: 'FORWARD', match: ['-d', pool, ...ours, '-j', 'ACCEPT'] },
  ];
}

/** Makes the bridge, or takes over the one that an earlier run left. @param {AbortSignal} signal @returns {Promise<Bridge>} */
export async function makeBridge(signal) {
  const addresses = await addressesInUse();
  const existing = addresses.find(({ device }) => device === NAME)?.address;
  const prefix = existing?.split('.').slice(0, 2).join('.') ?? freePool(addresses);
  const bridge = { name: NAME, pool: `${prefix}.0.0/16`, gateway: `${prefix}.0.1` };
  if (existing === undefined) {
    await ip(['link', 'delete', NAME]).catch(() => undefined);
    await run(ipCommand(), ['link', 'add', 'name', NAME, 'type', 'bridge'], { signal });
    await run(ipCommand(), ['address', 'add', `${bridge.gateway}/24`, 'dev', NAME], { signal });
  }
  await run(ipCommand(), ['link', 'set', NAME, 'up'], { signal });
  for (const rule of rulesOf(bridge)) {
    if (!(await hasRule(rule)))
      await run(iptables(), ['-t', rule.table, '-I', rule.chain, ...rule.match], { signal });
  }
  return bridge;
}

/** @param {Bridge} bridge */
export async function removeBridge(bridge) {
  for (const rule of rulesOf(bridge)) {
    if (await hasRule(rule)) await capture(iptables(), ['-t', rule.table, '-D', rule.chain, ...rule.match]);
  }
  await ip(['link', 'delete', bridge.name]);
}

/** @param {ReturnType<typeof rulesOf>[number]} rule */
async function hasRule({ table, chain, match }) {
  return (await capture(iptables(), ['-t', table, '-C', chain, ...match])).code === 0;
}

/** All addresses of this machine. (os.networkInterfaces() leaves out what is down, as a bridge without a container is.) */
async function addressesInUse() {
  const { stdout } = await ip(['-4', '-o', 'address', 'show']);
  const lines = stdout.matchAll(/^\d+: (\S+)\s+inet (\d+\.\d+\.\d+\.\d+)/gm);
  return [...lines].map(([, device = '', address = '']) => ({ device, address }));
}

/** @param {readonly { address: string }[]} taken */
function freePool(taken) {
  const pool = POOLS.find((prefix) => !taken.some(({ address }) => address.startsWith(`${prefix}.`)));
  if (pool === undefined)
    throw new SetUpError('no private address range is free for the engine of the tests');
  return pool;
}

/** @param {readonly string[]} args */
const ip = (args) => capture(ipCommand(), args);
const ipCommand = () => which('ip') ?? 'ip';
const iptables = () => which('iptables') ?? 'iptables';
