import type { BuildPorts } from '../actions/ports.ts';
import type { Services, StoreFlags } from './services.ts';

/** The ports of a build, all at once: their modules are loaded side by side. */
export async function buildPorts(services: Services, flags: StoreFlags): Promise<BuildPorts> {
  const tracking = await services.tracking(flags);
  const [sources, engine, dockerConfig, keepsakes, signer] = await Promise.all([
    services.sources(tracking),
    services.engine(),
    services.dockerConfig(),
    services.keepsakes(),
    services.signer(),
  ]);
  const { loadTemplates, openRegistry } = services;
  return { sources, engine, dockerConfig, keepsakes, signer, loadTemplates, openRegistry };
}
