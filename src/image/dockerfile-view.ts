import { createHash } from 'node:crypto';
import { formatUser, type ImagePlan } from '../plan/image-plan.ts';
import { hookSteps } from './hook-steps.ts';
import { dockerfileWord, oneLine, shellWord } from './quoting.ts';
import { secretEnv, secretMounts } from './secret-mounts.ts';

/**
 * uv by exact version: another one may resolve otherwise. It comes from the Python package index, by pip, because no other
 * source is reachable everywhere. 0.13 has wheels for Linux on x86_64 and aarch64.
 */
export const UV_VERSION = '0.13.9';

/** All that the Dockerfile templates may name: total, frozen, and every text already quoted for its place. */
export interface DockerfileView {
  readonly baseImage: string;
  readonly uvVersion: string;
  readonly hasCertificateAuthority: boolean;
  readonly hasConstraints: boolean;
  /** The requirements are resolved already, into requirements.lock. */
  readonly hasLock: boolean;
  /** The model declares more than is installed. */
  readonly hasDeclared: boolean;
  /** conda makes the environment, from conda.yaml. */
  readonly usesConda: boolean;
  readonly hasModel: boolean;
  /** The context holds wheels, below wheels/. */
  readonly hasWheels: boolean;
  readonly hasHandler: boolean;
  /** Names. */
  readonly buildArgs: readonly string[];
  /** One line for apt-get each; empty: no step. */
  readonly systemPackages: readonly string[];
  readonly buildPackages: readonly string[];
  /** Options of --mount for the steps that install, and what these tell their tools; empty without secrets. */
  readonly secretMounts: readonly string[];
  readonly secretEnv: readonly string[];
  /** Files and folders of the model that the requirements name. */
  readonly requiredModelPaths: readonly string[];
  /** Names uv in the cache of the builds with these indexes; absent where that does not tell which uv it is: with secrets or own wheels. */
  readonly keptTools: string | undefined;
  /** For pip, which installs uv. */
  readonly pipArguments: readonly string[];
  /** For uv: the indexes. */
  readonly indexArguments: readonly string[];
  /** For uv: what else the resolution of the model's requirements needs, and their installation. */
  readonly resolverArguments: readonly string[];
  readonly installArguments: readonly string[];
  /** All that stands behind RUN, one step each. */
  readonly hooks: readonly string[];
  /** `NAME="value"` */
  readonly env: readonly string[];
  readonly labels: readonly string[];
  readonly port: number;
  /** `uid:gid` */
  readonly user: string;
}

export function dockerfileView(plan: ImagePlan): DockerfileView {
  return Object.freeze({
    baseImage: oneLine(plan.baseImage),
    uvVersion: UV_VERSION,
    hasCertificateAuthority: plan.certificateAuthority === 'in-context',
    hasConstraints: plan.constraints.length > 0,
    hasLock: plan.lock !== undefined,
    hasDeclared: plan.declared.length > 0,
    usesConda: plan.conda !== undefined,
    hasModel: plan.modelSource === 'baked',
    hasWheels: plan.wheelhouse !== undefined,
    hasHandler: plan.handlerSha256 !== undefined,
    buildArgs: Object.freeze(plan.buildArgNames.map(oneLine)),
    systemPackages: Object.freeze(plan.systemPackages.map(shellWord)),
    buildPackages: Object.freeze(plan.buildPackages.map(shellWord)),
    secretMounts: Object.freeze(secretMounts(plan)),
    secretEnv: Object.freeze(secretEnv(plan)),
    requiredModelPaths: Object.freeze(plan.requiredModelPaths.map(oneLine)),
    keptTools: keptTools(plan),
    pipArguments: Object.freeze(pipArguments(plan)),
    indexArguments: Object.freeze(indexArguments(plan)),
    resolverArguments: Object.freeze(resolverArguments(plan)),
    installArguments: Object.freeze(installArguments(plan)),
    hooks: Object.freeze(hookSteps(plan)),
    env: Object.freeze(plan.env.map(assignment)),
    labels: Object.freeze(plan.labels.map(assignment)),
    port: plan.port,
    user: formatUser(plan.user),
  });
}

const assignment = ([name, value]: readonly [string, string]): string =>
  `${oneLine(name)}=${dockerfileWord(value)}`;

function keptTools(plan: ImagePlan): string | undefined {
  const { secrets, wheelhouse, templatesSha256 } = plan;
  if (secrets.ids.length > 0 || wheelhouse !== undefined) return undefined;
  // own templates may install another uv; the base stays out, because it is the same one by tag and by digest
  const identity = JSON.stringify([UV_VERSION, pipArguments(plan), templatesSha256]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function pipArguments(plan: ImagePlan): readonly string[] {
  const { indexUrl, extraIndexUrls } = plan;
  return [
    ...(indexUrl === undefined ? [] : [`--index-url ${shellWord(indexUrl)}`]),
    ...extraIndexUrls.map((url) => `--extra-index-url ${shellWord(url)}`),
    ...linkArguments(plan),
    ...(plan.wheelhouse?.use === 'only' ? ['--no-index'] : []),
  ];
}

function indexArguments(plan: ImagePlan): readonly string[] {
  const { indexUrl, extraIndexUrls, indexStrategy, pipOptions, wheelhouse } = plan;
  return [
    ...(indexUrl === undefined ? [] : [`--default-index ${shellWord(indexUrl)}`]),
    ...extraIndexUrls.map((url) => `--index ${shellWord(url)}`),
    ...(indexStrategy === 'best-match' ? ['--index-strategy unsafe-best-match'] : []),
    ...linkArguments(plan),
    ...(pipOptions?.trustedHosts ?? []).map((host) => `--allow-insecure-host ${shellWord(host)}`),
    ...(wheelhouse?.use === 'only' ? ['--offline'] : []),
    ...(wheelhouse?.use === 'only' || pipOptions?.index === 'none' ? ['--no-index'] : []),
  ];
}

/** pip and uv call them alike; the folder is the one of the context. */
const linkArguments = ({ pipOptions, wheelhouse }: ImagePlan): readonly string[] => [
  ...(pipOptions?.findLinks ?? []).map((url) => `--find-links ${shellWord(url)}`),
  ...(wheelhouse === undefined ? [] : ['--find-links /mnt/wheels']),
];

function resolverArguments(plan: ImagePlan): readonly string[] {
  return [
    ...(plan.prereleases === 'allow' ? ['--prerelease allow'] : []),
    ...installArguments(plan),
    ...(plan.constraints.length > 0 ? ['--constraints /mnt/constraints.txt'] : []),
  ];
}

/** What is built from source needs packages that no lock names: they come from the same day. */
function installArguments({ insecureHosts, asOf, torchBackend, wheelhouse }: ImagePlan): readonly string[] {
  const hosts = insecureHosts.map((host) => `--allow-insecure-host ${shellWord(host)}`);
  // nothing is asked for a day or a build then, and the lock was made with both
  if (wheelhouse?.use === 'only') return hosts;
  return [
    ...hosts,
    ...(asOf === undefined ? [] : [`--exclude-newer ${shellWord(asOf)}`]),
    ...(torchBackend === undefined ? [] : [`--torch-backend ${shellWord(torchBackend)}`]),
  ];
}
