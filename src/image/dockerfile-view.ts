import type { ImagePlan } from '../plan/image-plan.ts';
import { hookSteps } from './hook-steps.ts';
import { dockerfileWord, oneLine, shellWord } from './quoting.ts';
import { secretEnv, secretMounts } from './secret-mounts.ts';

/**
 * uv by exact version: another one may resolve otherwise. It comes from the Python package index, by pip, because no other
 * source is reachable everywhere. 0.13 has wheels for Linux on x86_64 and aarch64.
 */
const UV_VERSION = '0.13.9';

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
    hasHandler: plan.handlerSha256 !== undefined,
    buildArgs: Object.freeze(plan.buildArgNames.map(oneLine)),
    systemPackages: Object.freeze(plan.systemPackages.map(shellWord)),
    buildPackages: Object.freeze(plan.buildPackages.map(shellWord)),
    secretMounts: Object.freeze(secretMounts(plan)),
    secretEnv: Object.freeze(secretEnv(plan)),
    requiredModelPaths: Object.freeze(plan.requiredModelPaths.map(oneLine)),
    pipArguments: Object.freeze(pipArguments(plan)),
    indexArguments: Object.freeze(indexArguments(plan)),
    resolverArguments: Object.freeze(resolverArguments(plan)),
    installArguments: Object.freeze(installArguments(plan)),
    hooks: Object.freeze(hookSteps(plan)),
    env: Object.freeze(plan.env.map(assignment)),
    labels: Object.freeze(plan.labels.map(assignment)),
    port: plan.port,
    user: `${plan.user.uid}:${plan.user.gid}`,
  });
}

const assignment = ([name, value]: readonly [string, string]): string =>
  `${oneLine(name)}=${dockerfileWord(value)}`;

function pipArguments({ indexUrl, extraIndexUrls }: ImagePlan): readonly string[] {
  return [
    ...(indexUrl === undefined ? [] : [`--index-url ${shellWord(indexUrl)}`]),
    ...extraIndexUrls.map((url) => `--extra-index-url ${shellWord(url)}`),
  ];
}

function indexArguments({
  indexUrl,
  extraIndexUrls,
  indexStrategy,
  pipOptions,
}: ImagePlan): readonly string[] {
  return [
    ...(indexUrl === undefined ? [] : [`--default-index ${shellWord(indexUrl)}`]),
    ...extraIndexUrls.map((url) => `--index ${shellWord(url)}`),
    ...(indexStrategy === 'best-match' ? ['--index-strategy unsafe-best-match'] : []),
    ...(pipOptions?.findLinks ?? []).map((url) => `--find-links ${shellWord(url)}`),
    ...(pipOptions?.trustedHosts ?? []).map((host) => `--allow-insecure-host ${shellWord(host)}`),
    ...(pipOptions?.index === 'none' ? ['--no-index'] : []),
  ];
}

function resolverArguments(plan: ImagePlan): readonly string[] {
  return [
    ...(plan.prereleases === 'allow' ? ['--prerelease allow'] : []),
    ...installArguments(plan),
    ...(plan.constraints.length > 0 ? ['--constraints /mnt/constraints.txt'] : []),
  ];
}

/** What is built from source needs packages that no lock names: they come from the same day. */
function installArguments({ insecureHosts, asOf, torchBackend }: ImagePlan): readonly string[] {
  return [
    ...insecureHosts.map((host) => `--allow-insecure-host ${shellWord(host)}`),
    ...(asOf === undefined ? [] : [`--exclude-newer ${shellWord(asOf)}`]),
    ...(torchBackend === undefined ? [] : [`--torch-backend ${shellWord(torchBackend)}`]),
  ];
}
