import { withoutUndefined } from '../core/objects.ts';
import type { Lock } from '../model/lock.ts';
import type { ResolvedModel, StoreKind } from '../model/resolved-model.ts';
import { resolveAsOf } from './as-of.ts';
import type { IndexUrls } from './index-urls.ts';
import { planInstallation, type InstallationPlan } from './installation.ts';
import { checkLock, resolutionDigest, type Resolution } from './resolution.ts';
import type { MlflowPart } from './serving-requirements.ts';
import { movedStore, NO_CLIENTS, storeClients, storesAtStart, type StoreClients } from './store-clients.ts';

/** As much of an image's request as decides on its packages. */
interface PackageRequest {
  readonly modelSource: 'baked' | 'load-at-start';
  readonly mlflow: 'as-needed' | 'full';
  readonly stores?: readonly StoreKind[];
  readonly asOf?: string;
  readonly lock?: Lock;
}

interface PackageFacts {
  readonly indexes: IndexUrls;
  readonly pythonMinor: string;
  readonly torchBackend?: string;
}

interface PackagePlan {
  readonly resolution: Resolution;
  /** That an image reads which loads its model at the start. */
  readonly stores?: readonly StoreKind[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** What is resolved and installed for the model; the lock of the request must be one of it. Throws MODEL_BROKEN, USAGE, LOCK_STALE, LOCK_BROKEN. */
export function planPackages(
  model: ResolvedModel,
  request: PackageRequest,
  { indexes, pythonMinor, torchBackend }: PackageFacts,
): PackagePlan {
  const { environment } = model;
  const mlflow = mlflowPart(model, request);
  const asOf = resolveAsOf(request.asOf, model.mlmodel);
  const install = (clients: StoreClients['requirements']): InstallationPlan =>
    planInstallation(model, { indexes, mlflow, clients });
  const resolutionOf = ({ installation }: Pick<InstallationPlan, 'installation'>): Resolution =>
    withoutUndefined({ ...installation, asOf, torchBackend });
  const stores = request.modelSource === 'baked' ? undefined : storesAtStart(model, request);
  const { requirements, notes } = stores === undefined ? NO_CLIENTS : storeClients(stores, environment);
  const { warnings, ...installed } = install(requirements);
  const resolution = resolutionOf(installed);
  const { lock } = request;
  if (lock !== undefined) {
    const reason = (): string | undefined =>
      stores &&
      movedStore(
        stores,
        environment,
        (clients) => resolutionDigest(resolutionOf(install(clients))) === lock.resolves,
      );
    checkLock(lock, { resolution, pythonMinor, reason });
  }
  return withoutUndefined({ resolution, stores, notes, warnings });
}

function mlflowPart({ mlmodel }: ResolvedModel, { mlflow, modelSource }: PackageRequest): MlflowPart {
  if (mlflow === 'full') return 'full';
  // what is loaded at start comes through MLflow's client
  return mlmodel.loading === 'direct' && modelSource === 'baked' ? 'none' : 'skinny';
}
