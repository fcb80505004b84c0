import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Where everything lies that the set-up makes: virtual environments, the own engine's data, the base image. Never inside the
 * checkout, so that a clone stays a clone.
 */
export const CACHE = path.join(
  process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'),
  'caisson-dev',
);

/** Eight hex digits that tell this cache folder from another one, for names that the whole machine shares. */
export const CACHE_KEY = createHash('sha256').update(CACHE).digest('hex').slice(0, 8);

/** @param {string} relative a path below the checkout */
export const inRoot = (relative) => path.join(ROOT, relative);

/** @param {string} relative a path below the cache folder */
export const inCache = (relative) => path.join(CACHE, relative);
