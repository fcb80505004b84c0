import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

import { run, which } from '../support/processes.mjs';
import { say, SetUpError } from '../support/terminal.mjs';

/** Whether packages can be installed here: Debian, Ubuntu or a relative of them, as root. */
export function canInstallPackages() {
  if (process.getuid?.() !== 0 || which('apt-get') === undefined) return false;
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

let updated = false;

/**
 * Installs Debian packages; their services are not started.
 * @param {readonly string[]} packages @param {AbortSignal} signal
 */
export async function installPackages(packages, signal) {
  if (!canInstallPackages()) {
    throw new SetUpError(
      `${packages.join(', ')} would have to be installed, and this is not Debian or Ubuntu as root`,
      'install the equivalent by hand and run again',
    );
  }
  say(`apt-get install ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const allowServices = forbidServiceStart();
  try {
    if (!updated) await run('apt-get', ['update', '-q'], { env, signal });
    updated = true;
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env, signal });
  } finally {
    allowServices();
  }
}

/** Debian starts a service as soon as its package is installed, unless this file says no; the set-up starts its own ones. */
function forbidServiceStart() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

/** The mirror that this machine takes Debian's packages from, or undefined when its sources name none. */
export function debianMirror() {
  const named = process.env['CAISSON_DEBIAN_MIRROR'];
  if (named) return named;
  try {
    if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return undefined;
  } catch {
    return undefined;
  }
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];
  const text = [...files, '/etc/apt/sources.list']
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  return mirrorOf(text);
}

/**
 * The first Debian mirror of apt's sources, in either of their two formats.
 * @param {string} sources
 */
export function mirrorOf(sources) {
  const uris = [
    ...[...sources.matchAll(/^URIs:\s*(\S+)/gm)].map((match) => match[1]),
    ...[...sources.matchAll(/^deb\s+(?:\[[^\]]*\]\s*)?(\S+)/gm)].map((match) => match[1]),
  ];
  return uris.find((uri) => uri !== undefined && /\/debian\/?$/.test(uri));
}
