import { CACHE } from '../support/paths.mjs';
import { which } from '../support/processes.mjs';
import { confirm, say, SetUpError } from '../support/terminal.mjs';
import { canInstallPackages } from './apt.mjs';
import { baseIsCached } from './base-image.mjs';
import { nodeModulesAreCurrent } from './node.mjs';
import { hasPython, isEnvironmentCurrent } from './python.mjs';
import { hasRegistryProgram } from './registry.mjs';
import { missingShells } from './shells.mjs';

/** Debian's packages that make an engine, with the command that shows that each is there. */
const ENGINE_PACKAGES = [
  { command: 'dockerd', name: 'docker.io' },
  { command: 'iptables', name: 'iptables' },
  { command: 'ip', name: 'iproute2' },
];

/** The packages that are missing for an engine of our own. */
export const missingEnginePackages = () =>
  ENGINE_PACKAGES.filter(({ command }) => which(command) === undefined).map(({ name }) => name);

/**
 * What a run would add to this machine, as lines for the reader.
 * @param {{ engineAnswers: boolean, needsEngine: boolean, environments: readonly import('./python.mjs').Environment[] }} needs
 */
export async function survey({ engineAnswers, needsEngine, environments }) {
  const lines = [];
  const stale = environments.filter((environment) => !isEnvironmentCurrent(environment));
  if (!nodeModulesAreCurrent()) lines.push('in the checkout: node_modules, from package-lock.json (npm ci)');
  if (stale.length > 0) {
    if (!(await hasPython())) lines.push('Debian packages: python3 python3-venv');
    lines.push(`in ${CACHE}: Python environments ${stale.map(({ name }) => name).join(', ')} (pip, uv)`);
  }
  if (needsEngine) lines.push(...engineLines(engineAnswers));
  return lines;
}

/** @param {boolean} engineAnswers */
function engineLines(engineAnswers) {
  const lines = [];
  const packages = missingEnginePackages();
  if (!engineAnswers && canInstallPackages()) {
    if (packages.length > 0)
      lines.push(`Debian packages, because no container engine answers: ${packages.join(' ')}`);
    lines.push(`in ${CACHE}: the data of a container engine that runs only meanwhile`);
  }
  if (!canInstallPackages()) return lines;
  if (missingShells().length > 0) lines.push(`Debian packages: ${missingShells().join(' ')}`);
  if (which('sshd') === undefined) lines.push('Debian packages: openssh-server openssh-client');
  if (!baseIsCached()) {
    const tool = which('debootstrap') === undefined ? 'Debian package debootstrap, and ' : '';
    lines.push(
      `only if python:3.11-slim cannot be pulled: ${tool}in ${CACHE} a base image made of Debian's packages`,
    );
  }
  if (!hasRegistryProgram())
    lines.push('only if registry:2 cannot be pulled: Debian package docker-registry');
  return lines;
}

/**
 * Shows what would be installed; on a terminal asks.
 * @param {readonly string[]} lines @param {{ yes: boolean, signal: AbortSignal }} options
 */
export async function agree(lines, { yes, signal }) {
  if (lines.length === 0) return say('Set-up: nothing to install');
  say('Set-up will install:');
  for (const line of lines) say(`  - ${line}`);
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (yes || !onTerminal) return;
  if (!(await confirm('Go on?', signal))) throw new SetUpError('not installed: you said no');
}
