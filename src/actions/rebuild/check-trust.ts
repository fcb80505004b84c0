import { CaissonError } from '../../core/errors.ts';
import { hasUserInfo } from '../../plan/index-urls.ts';
import type { BuildPorts, Work } from '../ports.ts';
import type { RecordedImage } from './recorded-image.ts';
import type { RebuildRequest } from './request.ts';

/**
 * Whoever made an image chose what its build does: base, indexes and commands. Throws USAGE when that could read what only the user knows, and
 * nobody said that it may.
 */
export async function checkTrust(
  recorded: RecordedImage,
  asked: RebuildRequest,
  ports: Pick<BuildPorts, 'engine' | 'dockerConfig'>,
): Promise<void> {
  if (asked.recordedSteps === 'trusted') return;
  const readable = await readableInBuild(asked, ports);
  if (readable.length === 0) return;
  const { name, request } = recorded;
  const chosen = [
    `the base '${request.baseImage ?? 'of its Python'}'`,
    ...[request.indexUrl ?? [], request.extraIndexUrls].flat().map((url) => `the index ${url}`),
    ...commandsOf(recorded).map((command) => `the command ${command}`),
  ];
  throw new CaissonError(
    'USAGE',
    `the image '${name}' decides what its build runs, which could read ${readable.join(' and ')}`,
    {
      hint: 'when you trust whoever made the image, add --trust-image',
      detail: `it chose ${chosen.join(', ')}`,
    },
  );
}

async function readableInBuild(
  { secretNames, buildArgs }: RebuildRequest,
  { engine, dockerConfig }: Pick<BuildPorts, 'engine' | 'dockerConfig'>,
): Promise<readonly string[]> {
  const { address } = await engine.describe();
  const proxies = Object.values(await dockerConfig.proxyVariables(address));
  return [
    ...(secretNames.ids.length > 0 ? ['the secrets'] : []),
    ...(secretNames.ssh === 'agent' ? ['the ssh agent'] : []),
    ...(Object.keys(buildArgs).length > 0 ? ['the build arguments'] : []),
    ...(proxies.some(hasUserInfo) ? ["the login of docker's proxy"] : []),
  ];
}

/** They run as root in the build, and whoever made the image chose them. */
export function tellCommands(recorded: RecordedImage, { emit }: Work): void {
  const commands = commandsOf(recorded);
  if (commands.length === 0) return;
  emit({
    type: 'note',
    message: `building '${recorded.name}' again runs what it records: ${commands.join(', ')}`,
  });
}

/** In quotes, on one line each. */
const commandsOf = ({ request }: RecordedImage): readonly string[] =>
  request.environment.hooks.map((hook) => JSON.stringify(hook));
