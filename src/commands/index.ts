import { BUILD_IMAGE } from './build-image.ts';
import { DIFF } from './diff.ts';
import { GENERATE } from './generate.ts';
import { PUSH } from './push.ts';
import { REBUILD } from './rebuild.ts';
import { RUN } from './run.ts';
import type { CommandSpec } from './spec.ts';

/** Every verb, in the order of the help: that of the work. */
export const COMMANDS: readonly CommandSpec[] = [GENERATE, BUILD_IMAGE, PUSH, RUN, REBUILD, DIFF];
