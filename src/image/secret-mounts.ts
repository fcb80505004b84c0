import { SECRET_ID } from '../plan/build-secrets.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { oneLine, shellWord } from './quoting.ts';

const FOLDER = '/run/secrets';
/** Gone with the step: git looks for a netrc file in the home folder alone, and uv leaves a lock of its credentials store there. */
const HOME = '/run/home';
/** No question is asked in a build: a host key that is not known ends it. */
const GIT_SSH = 'ssh -o BatchMode=yes';
const KNOWN_HOSTS = `-o UserKnownHostsFile=${FOLDER}/${SECRET_ID.knownHosts}`;

type SecretPlan = Pick<ImagePlan, 'secrets'>;

/**
 * Options of `--mount` for every RUN step that may use secrets; empty without any. The BuildKit of Engine 20.10 leaves the place of a mount
 * behind as an empty file; below a tmpfs it is gone. A secret that is missing ends the build.
 */
export function secretMounts({ secrets: { ids, ssh } }: SecretPlan): readonly string[] {
  const mounts = [
    ...ids.map((id) => secretMount(id, `${FOLDER}/${id}`)),
    ...(ids.includes(SECRET_ID.netrc) ? [secretMount(SECRET_ID.netrc, `${HOME}/.netrc`)] : []),
    ...(ssh === 'agent' ? ['type=ssh,id=default,required=true'] : []),
  ];
  return mounts.length === 0 ? [] : ['type=tmpfs,target=/run', ...mounts];
}

const secretMount = (id: string, target: string): string =>
  oneLine(`type=secret,id=${id},target=${target},required=true`);

/** `NAME=value` for the shell of steps that install: tells pip, uv, git and ssh where their files are. */
export function secretEnv({
  secrets: { ids, ssh: agent },
  buildPackages,
}: SecretPlan & Pick<ImagePlan, 'buildPackages'>): readonly string[] {
  const usesGit = buildPackages.length > 0;
  const ssh = ids.includes(SECRET_ID.knownHosts) ? `${GIT_SSH} ${KNOWN_HOSTS}` : GIT_SSH;
  return [
    ...(ids.includes(SECRET_ID.netrc) ? [`HOME=${HOME}`, `NETRC=${FOLDER}/${SECRET_ID.netrc}`] : []),
    ...(ids.includes(SECRET_ID.pipConfig) ? [`PIP_CONFIG_FILE=${FOLDER}/${SECRET_ID.pipConfig}`] : []),
    ...(agent === 'agent' && usesGit ? [`GIT_SSH_COMMAND=${shellWord(ssh)}`] : []),
  ];
}
