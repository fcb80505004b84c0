import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CaissonError, messageOf } from '../core/errors.ts';
import { readOptionalText } from '../platform/optional-file.ts';
import { readTlsFiles, type TlsFiles } from './endpoint-tls.ts';
import { textOf, valueAt } from './json-values.ts';

/** The context that `docker context use` chose, from config.json; undefined when there is none. Throws ENGINE_UNREACHABLE. */
export async function currentContext(dockerConfigFolder: string): Promise<string | undefined> {
  const config = await readJson(join(dockerConfigFolder, 'config.json'));
  return textOf(valueAt(config, 'currentContext'));
}

/** The engine of a docker context, from the store that docker/cli keeps (cli/context/store). Throws ENGINE_UNREACHABLE. */
export async function contextEndpoint(
  dockerConfigFolder: string,
  name: string,
): Promise<{ readonly host: string; readonly tls?: TlsFiles }> {
  const id = createHash('sha256').update(name).digest('hex');
  const store = join(dockerConfigFolder, 'contexts');
  const meta = await readJson(join(store, 'meta', id, 'meta.json'));
  const endpoint = valueAt(meta, 'Endpoints', 'docker');
  const host = textOf(valueAt(endpoint, 'Host'));
  if (host === undefined) {
    throw new CaissonError(
      'ENGINE_UNREACHABLE',
      meta === undefined
        ? `docker context '${name}' does not exist`
        : `docker context '${name}' names no engine`,
      { hint: 'docker context ls shows what there is; docker context use chooses one' },
    );
  }
  const tls = await readTlsFiles(join(store, 'tls', id, 'docker'));
  const skips = valueAt(endpoint, 'SkipTLSVerify') === true;
  const wantsTls = tls.ca !== undefined || tls.cert !== undefined || skips;
  if (!wantsTls) return { host };
  return { host, tls: skips ? { ...tls, verification: 'skip' } : tls };
}

async function readJson(path: string): Promise<unknown> {
  try {
    const text = await readOptionalText(path);
    return text === undefined || text.trim() === '' ? undefined : JSON.parse(text);
  } catch (error) {
    // config.json holds logins: a JSON error quotes what it read, so neither message nor cause goes on.
    const reason = error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
    throw new CaissonError('ENGINE_UNREACHABLE', `'${path}' cannot be read: ${reason}`, {
      hint: 'repair the file, or set DOCKER_HOST',
    });
  }
}
