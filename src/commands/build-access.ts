import type { BuildRequest } from '../engine/port.ts';
import { withoutUndefined, type Defined } from '../core/objects.ts';
import { SECRET_ID } from '../plan/build-secrets.ts';
import type { ImageRequest } from '../plan/image-plan.ts';
import { parseSsh } from './grammar/ssh-agent.ts';
import { usage } from './grammar/usage.ts';
import { readIndexes } from './indexes.ts';
import { mergeNetrc } from './netrc-secret.ts';
import { readSecrets } from './secret-values.ts';
import type { Services } from './services.ts';
import type { OptionReader } from './spec.ts';

/** How the steps that install get at private packages: values for the engine, and for the image's files only names. */
export interface BuildAccess {
  readonly image: Pick<ImageRequest, 'indexUrl' | 'extraIndexUrls' | 'pipOptions' | 'secrets'>;
  readonly secrets: NonNullable<BuildRequest['secrets']>;
  readonly sshSocket: string | undefined;
  /** Hosts whose login was taken out of an index URL. */
  readonly hostsWithLogin: readonly string[];
}

/** --secret, --ssh and the indexes with their logins; all values are hidden from output. Throws USAGE, FILE_NOT_READABLE. */
export async function readBuildAccess(options: OptionReader, services: Services): Promise<BuildAccess> {
  const given = await readSecrets(options.list('secret'), services);
  const { logins, ...indexes } = readIndexes(options, given[SECRET_ID.pipConfig], services);
  const netrc = mergeNetrc(logins, given[SECRET_ID.netrc]);
  const secrets = withoutUndefined({ ...given, [SECRET_ID.netrc]: netrc }) as Defined<typeof given>;
  const sshSocket = await readSshSocket(options, services);
  const ssh = sshSocket === undefined ? 'none' : 'agent';
  return {
    image: { ...indexes, secrets: { ids: Object.keys(secrets).sort(), ssh } },
    secrets,
    sshSocket,
    hostsWithLogin: [...new Set(logins.flatMap(({ machine }) => machine ?? []))],
  };
}

async function readSshSocket(
  options: OptionReader,
  { sshAgentSocket, isSocket }: Services,
): Promise<string | undefined> {
  const text = options.value('ssh');
  if (text === undefined) return undefined;
  const socket = parseSsh(text).socket ?? sshAgentSocket;
  if (socket === undefined)
    throw usage(
      `--ssh ${text} needs an ssh agent, and SSH_AUTH_SOCK is not set`,
      'start one with: eval "$(ssh-agent)" && ssh-add',
    );
  if (await isSocket(socket)) return socket;
  throw usage(
    `'${socket}' for --ssh is not the socket of an ssh agent`,
    'give the keys to an agent with: ssh-add FILE, and then name no file: --ssh default',
  );
}

/** Tells how to build a generated folder that does not hold its secrets. */
export function noteSecrets(
  folder: string,
  { image, hostsWithLogin }: BuildAccess,
  { emit }: Services,
): void {
  const { ids, ssh } = image.secrets;
  if (ids.length === 0 && ssh === 'none') return;
  const options = [
    ...ids.map((id) => `--secret id=${id},src=FILE`),
    ...(ssh === 'agent' ? ['--ssh default'] : []),
  ];
  emit({
    type: 'note',
    message: `the folder holds no secrets; build it with: docker build ${options.join(' ')} ${folder}`,
  });
  if (hostsWithLogin.length > 0)
    emit({
      type: 'note',
      message: `the file of the secret netrc must hold the login for ${hostsWithLogin.join(', ')}: machine HOST login USER password PASSWORD`,
    });
}
