import { BUILD_IMAGE } from './build-image.ts';
import { CACHE } from './cache.ts';
import { COMPLETION } from './completion.ts';
import { DIFF } from './diff.ts';
import { GENERATE } from './generate.ts';
import { PUSH } from './push.ts';
import { REBUILD } from './rebuild.ts';
import { RUN } from './run.ts';
import type { CommandNode } from './spec.ts';
import { TEMPLATES } from './templates.ts';

/** Every verb, in the order of the help: that of the work. */
export const COMMANDS: readonly CommandNode[] = [
  GENERATE,
  BUILD_IMAGE,
  PUSH,
  RUN,
  REBUILD,
  DIFF,
  CACHE,
  TEMPLATES,
  COMPLETION,
];
