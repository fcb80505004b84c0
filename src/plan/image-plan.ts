import type { ResolvedModel } from '../model/resolved-model.ts';
import { chooseBaseImage, pinBase } from './base-image.ts';
import { declaredBuildArgs } from './build-args.ts';
import { imageEnv } from './image-env.ts';
import { imageLabels, type LabelFacts } from './image-labels.ts';
import { planInstallation, type Installation } from './installation.ts';
import { checkIndexUrls } from './index-urls.ts';
import { runtimePackages } from './system-packages.ts';

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
  /** Without user information (rejected earlier). */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  /** A CA bundle is part of the context and serves the build steps alone. */
  readonly certificateAuthority: 'none' | 'in-context';
  readonly modelSource: 'baked' | 'load-at-start';
  /** Of the handler's source; absent without one. */
  readonly handlerSha256?: string;
  readonly caissonVersion: string;
}

/** Everything that decides the bytes of the image: a value, made without effects. Golden files hold what it renders to. */
export interface ImagePlan extends Installation {
  readonly builder: Builder;
  readonly baseImage: string;
  /** Debian package names, sorted. */
  readonly systemPackages: readonly string[];
  /** Sorted; without the proxy variables that every builder knows undeclared. */
  readonly buildArgNames: readonly string[];
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly certificateAuthority: ImageRequest['certificateAuthority'];
  readonly modelSource: ImageRequest['modelSource'];
  /** Of the handler's source, which the context holds; absent without one. */
  readonly handlerSha256?: string;
  /** Sorted by name. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Sorted by name; caisson's own and the user's (the user's win). */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly port: number;
  readonly caissonVersion: string;
  /** What it was made for: the image records it. */
  readonly request: ImageRequest;
  /** Things to tell the user about this plan, such as conda packages that are left out. */
  readonly warnings: readonly string[];
}

/** Not root, and no user of the base; group 0 so that platforms which pick an arbitrary uid can write where the group can. */
const SERVER_USER = { uid: 10_001, gid: 0 } as const;
const SERVER_PORT = 5001;

/**
 * Pure: the same model and request give the same plan. Throws MODEL_BROKEN for a Python that the server cannot run on and for
 * requirements that cannot be installed in a build, USAGE for a label, variable or URL that a Dockerfile cannot carry.
 */
export function planImage(model: ResolvedModel, request: ImageRequest): ImagePlan {
  const { builder, certificateAuthority, modelSource, handlerSha256, caissonVersion } = request;
  const baseImage = chooseBaseImage(model.environment.pythonMinor, request.baseImage);
  const pinnedBase = pinBase(baseImage, request.baseDigest);
  const indexes = checkIndexUrls(request);
  const { installation, warnings } = planInstallation(model, indexes);
  const names = model.environment.requirements.flatMap((item) =>
    item.kind === 'option' ? [] : (item.name ?? []),
  );
  const system = runtimePackages(model.mlmodel.flavors, names);
  const facts: LabelFacts = { model, baseImage, installation, modelSource, handlerSha256, caissonVersion };
  const labels = imageLabels(facts, request.labels);
  return {
    builder,
    baseImage: pinnedBase,
    systemPackages: system.packages,
    ...installation,
    buildArgNames: declaredBuildArgs(request.buildArgNames),
    ...indexes,
    certificateAuthority,
    modelSource,
    ...(handlerSha256 === undefined ? {} : { handlerSha256 }),
    env: imageEnv(request.env),
    labels: labels.labels,
    user: SERVER_USER,
    port: SERVER_PORT,
    caissonVersion,
    request,
    warnings: [...warnings, ...system.warnings, ...labels.warnings],
  };
}
