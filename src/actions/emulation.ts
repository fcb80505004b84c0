import { CaissonError, isCaissonError } from '../core/errors.ts';
import type { EngineDescription } from '../engine/port.ts';
import { formatPlatform, isSameMachine, type Platform } from '../model/platform.ts';
import type { Work } from './ports.ts';

interface Target {
  readonly engine: Pick<EngineDescription, 'platform'>;
  /** Absent: the engine's own. */
  readonly platform: Platform | undefined;
}

/** An engine does not tell whether it can run what is not its own; the first program shows it. */
export function noteEmulation(
  { engine, platform }: Target & { readonly platform: Platform },
  { emit }: Pick<Work, 'emit'>,
): void {
  if (isSameMachine(engine.platform, platform)) return;
  const [target, own] = [formatPlatform(platform), formatPlatform(engine.platform)];
  emit({
    type: 'note',
    message: `the engine is for ${own}: programs for ${target} run slowly, by emulation, if it has one`,
  });
}

/** What a program that does not start means, when it is for a platform that the user asked for; other errors stay what they are. */
export function platformFailure(error: unknown, { engine, platform }: Target): unknown {
  if (!isCaissonError(error) || error.code !== 'PLATFORM_NOT_RUNNABLE') return error;
  if (platform === undefined || isSameMachine(engine.platform, platform)) return error;
  const [target, own] = [formatPlatform(platform), formatPlatform(engine.platform)];
  return new CaissonError(error.code, `the engine is for ${own} and cannot run programs for ${target}`, {
    hint:
      `let it emulate them: docker run --privileged --rm tonistiigi/binfmt --install ${platform.architecture}; ` +
      `or build on an engine for ${target} (DOCKER_HOST), or with --platform ${own}`,
    detail: error.detail,
    cause: error,
  });
}
