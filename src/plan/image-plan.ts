import { withoutUndefined } from '../core/objects.ts';
import type { Lock } from '../model/lock.ts';
import type { ResolvedModel, StoreKind } from '../model/resolved-model.ts';
import { chooseBaseImage, pinBase } from './base-image.ts';
import { declaredBuildArgs } from './build-args.ts';
import { planEnvironment, type EnvironmentPlan } from './environment.ts';
import type { EnvironmentRequest } from './environment-request.ts';
import { checkHooks } from './hooks.ts';
import { planBuildSecrets, type BuildSecrets } from './build-secrets.ts';
import { imageEnv } from './image-env.ts';
import { imageLabels, type LabelFacts } from './image-labels.ts';
import type { Installation } from './installation.ts';
import { checkIndexUrls } from './index-urls.ts';
import { checkPipOptions, type PipOptions } from './pip-options.ts';
import { planPackages } from './packages.ts';
import { systemPackages } from './system-packages.ts';
import { modelNotes } from './model-notes.ts';
import { withoutNetwork } from './offline.ts';
import { checkWheelhouse, type Wheelhouse } from './wheelhouse.ts';

/** Which Dockerfile dialect: BuildKit's mounts, or plain multi-stage for engines without it. */
export type Builder = 'buildkit' | 'classic';

/** What the user asked of the image, parsed. Secrets never come here. */
export interface ImageRequest {
  readonly builder: Builder;
  readonly baseImage?: string;
  /** `sha256:<hex>`: the base is to be exactly that one, whatever its tag stands for now. */
  readonly baseDigest?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** ENV of the image. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of build arguments that the Dockerfile declares; values go to the engine only. */
  readonly buildArgNames: readonly string[];
  /** Without user information: a login is one of the secrets. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly pipOptions?: PipOptions;
  readonly secrets: BuildSecrets;
  /** A CA bundle is part of the context and serves the build steps alone. */
  readonly certificateAuthority: 'none' | 'in-context';
  readonly modelSource: 'baked' | 'load-at-start';
  /** That an image reads at its start; absent: those where the model is found. */
  readonly stores?: readonly StoreKind[];
  /** `as-needed`: what loading this model takes, which may be nothing. */
  readonly mlflow: 'as-needed' | 'full';
  /** What was resolved before, for exactly these requirements (model/lock.ts). */
  readonly lock?: Lock;
  /** Resolve as the index stood then: RFC 3339, or `training` for when the model was logged. */
  readonly asOf?: string;
  readonly environment: EnvironmentRequest;
  /** Of the handler's source; absent without one. */
  readonly handlerSha256?: string;
  /** Of the user's own templates (templates-digest.ts); absent without them. */
  readonly templatesSha256?: string;
  /** Of --find-links; absent without it. */
  readonly wheelhouse?: Wheelhouse;
  readonly caissonVersion: string;
}

/** Everything that decides the bytes of the image: a value, made without effects. Golden files hold what it renders to. */
export interface ImagePlan extends Installation, Pick<EnvironmentPlan, 'conda' | 'torchBackend'> {
  readonly builder: Builder;
  readonly baseImage: string;
  /** What the lock is made for. */
  readonly pythonMinor: string;
  /** Debian package names, sorted. */
  readonly systemPackages: readonly string[];
  /** Shell commands of the user that run as root once the packages are installed. */
  readonly hooks: readonly string[];
  /** Sorted; without the proxy variables that every builder knows undeclared. */
  readonly buildArgNames: readonly string[];
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly pipOptions?: PipOptions;
  readonly secrets: BuildSecrets;
  readonly certificateAuthority: ImageRequest['certificateAuthority'];
  readonly modelSource: ImageRequest['modelSource'];
  /** Of the handler's source, which the context holds; absent without one. */
  readonly handlerSha256?: string;
  readonly templatesSha256?: string;
  /** Sorted by name. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Sorted by name; caisson's own and the user's (the user's win). */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly port: number;
  /** Absent: the build resolves the requirements itself. */
  readonly lock?: Lock;
  /** RFC 3339; packages that were uploaded later are not seen. */
  readonly asOf?: string;
  readonly wheelhouse?: Wheelhouse;
  readonly caissonVersion: string;
  /** What it was made for: the image records it. */
  readonly request: ImageRequest;
  /** Things worth knowing about this plan although nothing is wrong. */
  readonly notes: readonly string[];
  /** Things to tell the user about this plan, such as conda packages that are left out. */
  readonly warnings: readonly string[];
}

/** Packages of conda find their data by it. */
const condaEnv = (conda: ImagePlan['conda']): Readonly<Record<string, string>> =>
  conda === undefined ? {} : { CONDA_PREFIX: '/opt/venv' };

/** Not root, and no user of the base; group 0 so that platforms which pick an arbitrary uid can write where the group can. */
export const SERVER_USER = { uid: 10_001, gid: 0 } as const;
/** As USER of a Dockerfile. */
export const formatUser = ({ uid, gid }: ImagePlan['user']): string => `${uid}:${gid}`;

const SERVER_PORT = 5001;

/**
 * Pure: the same model and request give the same plan. Throws MODEL_BROKEN for a Python that the server cannot run on and for
 * requirements that cannot be installed in a build, CONDA_PACKAGES for those that pip cannot give, USAGE for a label, variable or URL that a
 * Dockerfile cannot carry, for an environment that the model cannot have, for secrets without BuildKit, and for what --offline excludes.
 */
export function planImage(resolved: ResolvedModel, request: ImageRequest): ImagePlan {
  const { builder, certificateAuthority, modelSource, handlerSha256, templatesSha256, caissonVersion } =
    request;
  const {
    model,
    notes,
    warnings: environmentWarnings,
    ...environment
  } = planEnvironment(resolved, request.environment);
  const base = chooseBaseImage(model.environment, request);
  const indexes = checkIndexUrls(request);
  const { torchBackend } = environment;
  const packages = planPackages(
    model,
    request,
    withoutUndefined({ indexes, torchBackend, pythonMinor: base.pythonMinor }),
  );
  const { resolution, stores } = packages;
  const names = model.environment.requirements.flatMap((item) =>
    item.kind === 'option' ? [] : (item.name ?? []),
  );
  const { baseImage } = base;
  const facts: LabelFacts = {
    ...{ model, baseImage, installation: resolution, modelSource },
    ...{ handlerSha256, templatesSha256, caissonVersion },
  };
  const env = imageEnv({ ...condaEnv(environment.conda), ...request.env });
  const labels = imageLabels(facts, request.labels);
  const plan: ImagePlan = {
    builder,
    baseImage: pinBase(baseImage, request.baseDigest),
    pythonMinor: base.pythonMinor,
    systemPackages: systemPackages([...model.mlmodel.flavors, ...names], request.environment.systemPackages),
    ...resolution,
    ...environment,
    hooks: checkHooks(request.environment.hooks),
    buildArgNames: declaredBuildArgs(request.buildArgNames),
    ...indexes,
    ...(request.pipOptions === undefined ? {} : { pipOptions: checkPipOptions(request.pipOptions) }),
    secrets: planBuildSecrets(request),
    certificateAuthority,
    modelSource,
    ...withoutUndefined({ handlerSha256, templatesSha256, lock: request.lock }),
    ...(request.wheelhouse === undefined ? {} : { wheelhouse: checkWheelhouse(request.wheelhouse) }),
    env,
    labels: labels.labels,
    user: SERVER_USER,
    port: SERVER_PORT,
    caissonVersion,
    // where its files were then decides what the lock holds
    request: withoutUndefined({ ...request, stores }),
    notes: [...notes, ...packages.notes, ...modelNotes(resolved, env)],
    warnings: [...base.warnings, ...environmentWarnings, ...packages.warnings, ...labels.warnings],
  };
  return withoutNetwork(plan, model.environment, request);
}
