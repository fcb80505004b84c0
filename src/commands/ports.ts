import type { BuildPorts } from '../actions/ports.ts';
import type { Services } from './services.ts';

/** The ports of a build, all at once: their modules are loaded side by side. */
export async function buildPorts(services: Services, trackingUri: string | undefined): Promise<BuildPorts> {
  const tracking = await services.tracking(trackingUri);
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
