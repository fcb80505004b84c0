import type { ContainerRequest } from '../actions/run/request.ts';
import { withoutUndefined } from '../core/objects.ts';
import { parseContainerName } from './grammar/container-name.ts';
import { parseGpus } from './grammar/gpus.ts';
import { readLimits } from './grammar/limits.ts';
import { parseRestart } from './grammar/restart.ts';
import { parseTmpfs } from './grammar/tmpfs.ts';
import type { OptionReader } from './spec.ts';

/** What a container is and may do, from the options of docker run. Throws USAGE. */
export function readConfinement(options: OptionReader): ContainerRequest['confinement'] {
  return withoutUndefined({
    name: given(options, 'name', parseContainerName),
    user: options.value('user'),
    entrypoint: options.value('entrypoint'),
    networkMode: options.value('network'),
    rootFileSystem: options.flag('read-only') ? ('read-only' as const) : undefined,
    tmpfs: listed(options, 'tmpfs', parseTmpfs),
    capAdd: listed(options, 'cap-add', asTyped),
    capDrop: listed(options, 'cap-drop', asTyped),
    securityOptions: listed(options, 'security-opt', asTyped),
    limits: readLimits(options),
    gpus: given(options, 'gpus', parseGpus),
    restart: given(options, 'restart', parseRestart),
  });
}

const asTyped = (texts: readonly string[]): readonly string[] => texts;

function given<T>(options: OptionReader, name: string, parse: (text: string) => T): T | undefined {
  const text = options.value(name);
  return text === undefined ? undefined : parse(text);
}

function listed<T>(
  options: OptionReader,
  name: string,
  parse: (texts: readonly string[]) => T,
): T | undefined {
  const texts = options.list(name);
  return texts.length === 0 ? undefined : parse(texts);
}
