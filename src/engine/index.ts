import { DockerEngine } from './docker-engine.ts';
import type { Engine, EngineConfig } from './port.ts';

/** The container engine that the configuration leads to; nothing is connected or loaded before its first use. */
export function createEngine(config: EngineConfig): Engine {
  return new DockerEngine(config);
}
