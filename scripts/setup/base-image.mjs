import {
  createReadStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';

import { inCache } from '../support/paths.mjs';
import { run, which } from '../support/processes.mjs';
import { say, SetUpError } from '../support/terminal.mjs';
import { debianMirror, installPackages } from './apt.mjs';
import { hasImage, importImage, pullImage } from './docker-api.mjs';

/** What caisson takes for a model of Python 3.11, unless told otherwise. */
export const OFFICIAL_BASE = 'python:3.11-slim';

/** Debian with its own Python 3.11, made here; its name says what it is. */
const OWN_BASE = 'caisson-test/python:3.11';
const SUITE = 'bookworm';
const PACKAGES = 'ca-certificates,python3,python3-venv,python3-pip,netbase,tzdata';
const TAR = inCache('base-image/python-3.11.tar');

/** Whether making the base image here would download something. */
export const baseIsCached = () => existsSync(TAR);

/**
 * A Python base image in the engine: the official one when it can be pulled, else one made of Debian's packages.
 * @param {import('./docker-api.mjs').DockerApi} api @param {AbortSignal} signal @returns {Promise<string>} its name
 */
export async function provideBaseImage(api, signal) {
  if (await pullImage(api, OFFICIAL_BASE, signal)) return OFFICIAL_BASE;
  if (await hasImage(api, OWN_BASE)) return OWN_BASE;
  if (!existsSync(TAR)) await makeRootFileSystem(signal);
  await importImage(api, { image: OWN_BASE, tar: createReadStream(TAR), signal });
  return OWN_BASE;
}

/** @param {AbortSignal} signal */
async function makeRootFileSystem(signal) {
  const mirror = debianMirror();
  if (mirror === undefined) {
    throw new SetUpError(
      `${OFFICIAL_BASE} cannot be pulled, and this machine's apt sources name no Debian mirror to make a base image from`,
      `set CAISSON_DEBIAN_MIRROR, or load ${OFFICIAL_BASE} into the engine`,
    );
  }
  if (which('debootstrap') === undefined) await installPackages(['debootstrap'], signal);
  say(
    `${OFFICIAL_BASE} cannot be pulled: making ${OWN_BASE} of Debian's packages (about a minute and a half)`,
  );
  const folder = `${TAR}.rootfs`;
  mkdirSync(path.dirname(TAR), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    const options = ['--variant=minbase', `--include=${PACKAGES}`, SUITE, folder, mirror];
    await run(which('debootstrap') ?? 'debootstrap', options, { signal });
    slim(folder);
    await run('tar', ['--create', '--file', `${TAR}.part`, '--directory', folder, '.'], { signal });
    renameSync(`${TAR}.part`, TAR);
  } finally {
    rmSync(`${TAR}.part`, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes away what a container never reads, and what the official image does not have. @param {string} folder */
function slim(folder) {
  const surplus = [
    'var/cache/apt',
    'var/lib/apt/lists',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/locale',
  ];
  for (const name of surplus) rmSync(path.join(folder, name), { recursive: true, force: true });
  mkdirSync(path.join(folder, 'var/lib/apt/lists/partial'), { recursive: true });
  mkdirSync(path.join(folder, 'var/cache/apt/archives/partial'), { recursive: true });
  rmSync(path.join(folder, 'usr/lib/python3.11/EXTERNALLY-MANAGED'), { force: true });
  for (const name of ['python', 'python3']) {
    const link = path.join(folder, 'usr/local/bin', name);
    if (existsSync(link)) unlinkSync(link);
    symlinkSync('/usr/bin/python3.11', link);
  }
}
