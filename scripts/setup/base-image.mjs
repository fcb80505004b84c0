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

/** A minor version of Python that a base image can be made of anywhere. @typedef {'3.9' | '3.11' | '3.13'} PythonMinor */

/** Debian's releases that have a Python of their own to make a base image from. @type {Record<PythonMinor, string>} */
const SUITES = { 3.9: 'bullseye', 3.11: 'bookworm', 3.13: 'trixie' };

/** @type {PythonMinor} */
const DEFAULT_PYTHON = '3.11';

/** What caisson takes for a model of this Python, unless told otherwise. @param {PythonMinor} python */
const officialBase = (python) => `python:${python}-slim`;

/** Debian with its own Python, made here; the name says what it is. @param {PythonMinor} python */
const ownBase = (python) => `caisson-test/python:${python}`;

/** What caisson takes for a model of Python 3.11, unless told otherwise. */
export const OFFICIAL_BASE = officialBase(DEFAULT_PYTHON);

const PACKAGES = 'ca-certificates,python3,python3-venv,python3-pip,netbase,tzdata';

/** @param {PythonMinor} python */
const tarOf = (python) => inCache(`base-image/python-${python}.tar`);

/** Whether making the base image here would download something. @param {PythonMinor} [python] */
export const baseIsCached = (python = DEFAULT_PYTHON) => existsSync(tarOf(python));

/**
 * A Python base image in the engine: the official one when it can be pulled, else one made of Debian's packages.
 * @param {import('./docker-api.mjs').DockerApi} api @param {AbortSignal} signal @param {PythonMinor} [python]
 * @returns {Promise<string>} its name
 */
export async function provideBaseImage(api, signal, python = DEFAULT_PYTHON) {
  if (await pullImage(api, officialBase(python), signal)) return officialBase(python);
  const image = ownBase(python);
  if (await hasImage(api, image)) return image;
  if (!baseIsCached(python)) await makeRootFileSystem(python, signal);
  await importImage(api, { image, tar: createReadStream(tarOf(python)), signal });
  return image;
}

/** @param {PythonMinor} python @param {AbortSignal} signal */
async function makeRootFileSystem(python, signal) {
  const official = officialBase(python);
  const mirror = debianMirror();
  if (mirror === undefined) {
    throw new SetUpError(
      `${official} cannot be pulled, and this machine's apt sources name no Debian mirror to make a base image from`,
      `set CAISSON_DEBIAN_MIRROR, or load ${official} into the engine`,
    );
  }
  if (which('debootstrap') === undefined) await installPackages(['debootstrap'], signal);
  say(
    `${official} cannot be pulled: making ${ownBase(python)} of Debian's packages (about a minute and a half)`,
  );
  const tar = tarOf(python);
  const folder = `${tar}.rootfs`;
  mkdirSync(path.dirname(tar), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    const options = ['--variant=minbase', `--include=${PACKAGES}`, SUITES[python], folder, mirror];
    await run(which('debootstrap') ?? 'debootstrap', options, { signal });
    slim(folder, python);
    await run('tar', ['--create', '--file', `${tar}.part`, '--directory', folder, '.'], { signal });
    renameSync(`${tar}.part`, tar);
  } finally {
    rmSync(`${tar}.part`, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Takes away what a container never reads, and what the official image does not have.
 * @param {string} folder @param {PythonMinor} python
 */
function slim(folder, python) {
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
  rmSync(path.join(folder, `usr/lib/python${python}/EXTERNALLY-MANAGED`), { force: true });
  for (const name of ['python', 'python3']) {
    const link = path.join(folder, 'usr/local/bin', name);
    if (existsSync(link)) unlinkSync(link);
    symlinkSync(`/usr/bin/python${python}`, link);
  }
}
