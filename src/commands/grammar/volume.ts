import { isAbsolute, posix, resolve } from 'node:path';
import { usage } from './usage.ts';

const SYNTAX = 'write -v SOURCE:/TARGET[:ro], with an absolute target';

/**
 * Docker's `-v`: a folder of the host or the name of a volume, the target in the container, options. As docker's client does, a source that begins
 * with a dot is taken from the working folder. Returns the spec as the engine wants it. Throws USAGE.
 */
export function parseVolume(text: string, workingFolder: string): string {
  const parts = text.split(':');
  if (parts.length > 3 || parts.includes(''))
    throw usage(`'${text}' for --volume is not a volume mapping`, SYNTAX);
  const [first = '', second, mode] = parts;
  const target = second ?? first;
  if (!posix.isAbsolute(target))
    throw usage(`'${target}' in --volume '${text}' is not an absolute path`, SYNTAX);
  if (posix.normalize(target) === '/')
    throw usage(`--volume '${text}' would hide the whole container`, 'choose another target than /');
  checkMode(mode, text);
  if (second === undefined) return first;
  return [resolveSource(first, text, workingFolder), target, ...(mode === undefined ? [] : [mode])].join(':');
}

/** What docker knows behind the second colon, one or several with commas. */
const MODES = new Set(
  'ro rw z Z nocopy consistent cached delegated private rprivate shared rshared slave rslave'.split(' '),
);

function checkMode(mode: string | undefined, spec: string): void {
  const unknown = mode?.split(',').find((word) => !MODES.has(word));
  if (unknown !== undefined)
    throw usage(`'${unknown}' in --volume '${spec}' is not a volume option`, 'mostly it is ro or rw');
}

function resolveSource(source: string, spec: string, workingFolder: string): string {
  if (isAbsolute(source)) return source;
  if (source.startsWith('.')) return resolve(workingFolder, source);
  // the engine's own rule for names of volumes
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source)) return source;
  throw usage(`'${source}' in --volume '${spec}' is neither a path nor a name`, 'write a path as /… or ./…');
}
