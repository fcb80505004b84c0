import { CaissonError } from '../core/errors.ts';
import { isIndexOption } from './resolver-options.ts';
import type { PythonEnvironment } from '../model/python-environment.ts';
import type { EnvironmentRequest } from './environment-request.ts';
import type { IndexUrls } from './index-urls.ts';
import type { PipOptions } from './pip-options.ts';
import type { Wheelhouse } from './wheelhouse.ts';

/** The part of an ImagePlan that a network is for. */
interface NetworkUse extends IndexUrls {
  readonly wheelhouse?: Wheelhouse;
  readonly pipOptions?: PipOptions;
  readonly conda?: object;
  readonly lock?: object;
  readonly asOf?: string;
  readonly torchBackend?: string;
  readonly systemPackages: readonly string[];
  readonly warnings: readonly string[];
}

interface OfflineRequest {
  readonly baseImage?: string;
  readonly environment: Pick<EnvironmentRequest, 'systemPackages'>;
}

/**
 * The plan as --offline leaves it: what it cannot do without a network is refused before the build. Any other plan comes back as it is.
 * Throws USAGE.
 */
export function withoutNetwork<Plan extends NetworkUse>(
  plan: Plan,
  { requirements, constraints }: Pick<PythonEnvironment, 'requirements' | 'constraints'>,
  request: OfflineRequest,
): Plan {
  if (plan.wheelhouse?.use !== 'only') return plan;
  refuseIndexes(plan);
  refuseResolution(plan);
  const warnings: string[] = [];
  for (const item of [...requirements, ...constraints]) {
    if (item.kind === 'direct' && item.location.kind !== 'path')
      throw offline(
        `fetches nothing, and the requirement '${item.text}' is at a URL`,
        "put its wheel into the folder of --find-links, and ask for its version: --requirement 'NAME==VERSION'",
      );
    if (item.kind !== 'option' || !isIndexOption(item)) continue;
    if (item.option === '--find-links')
      throw offline(`fetches nothing, and '${item.text}' of the requirements names a page`, TAKE_OUT);
    warnings.push(`the option '${item.text}' in the requirements is ignored: --offline asks no index`);
  }
  return {
    ...withoutSystemPackages(plan, request),
    warnings: [...plan.warnings, ...warnings, ...expected(plan)],
  };
}

const TAKE_OUT = "take the line out of the model's requirements";

function refuseIndexes({ indexUrl, extraIndexUrls, pipOptions }: NetworkUse): void {
  const [url] = [indexUrl ?? [], extraIndexUrls, pipOptions?.findLinks ?? []].flat();
  if (url === undefined) return;
  throw offline(
    `fetches nothing, and '${url}' is an index or a page`,
    'leave --index-url, --extra-index-url, URLs for --find-links and those of pip.conf out',
  );
}

/** With a lock, both have had their say. */
function refuseResolution({ conda, lock, asOf, torchBackend }: NetworkUse): void {
  if (conda !== undefined)
    throw offline(
      'excludes --env-manager conda, which fetches packages from its channels',
      'leave one of them out',
    );
  if (lock !== undefined) return;
  if (asOf !== undefined)
    throw offline(
      'excludes --as-of without a lock: files in a folder do not tell when they were uploaded',
      'resolve where there is a network, with --as-of and --lock FILE, and build here with that lock',
    );
  if (torchBackend !== undefined)
    throw offline(
      `excludes --torch ${torchBackend} without a lock: it asks PyTorch's own index`,
      'leave --torch out: the build of torch that lies in the folder of --find-links is taken',
    );
}

/** What a model needs may be in a base that was made for the purpose; what the user asks for is to be installed. */
function withoutSystemPackages<Plan extends NetworkUse>(
  plan: Plan,
  { baseImage, environment }: OfflineRequest,
): Plan {
  const { systemPackages } = plan;
  const isLeftToBase = baseImage !== undefined && environment.systemPackages.length === 0;
  if (systemPackages.length === 0 || isLeftToBase) return { ...plan, systemPackages: [] };
  throw offline(
    `fetches nothing, and the image needs packages of the system: ${systemPackages.join(', ')}`,
    'name a base image that has them with --base-image, and leave --system-package out',
  );
}

const expected = ({ systemPackages }: NetworkUse): readonly string[] =>
  systemPackages.length === 0
    ? []
    : [
        `the model needs packages of the system, which the base image must have: ${systemPackages.join(', ')}`,
      ];

const offline = (reason: string, hint: string): CaissonError =>
  new CaissonError('USAGE', `--offline ${reason}`, { hint });
