import { defineConfig } from 'vitest/config';

/** Far above what any of them takes: checks run side by side on two cores. */
const fast = { testTimeout: 30_000 };
const slow = { testTimeout: 300_000, hookTimeout: 300_000 };

/** The projects of docs/architecture.md, "Tests": fast ones need nothing, integration and e2e need the set-up of scripts/test.mjs. */
export default defineConfig({
  test: {
    projects: [
      // a worker for each of 130 files would take twice as long
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false, ...fast } },
      { test: { name: 'golden', include: ['test/golden/**/*.test.ts'], ...fast } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], ...slow } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          fileParallelism: false,
          ...slow,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/e2e/packed.ts'],
          fileParallelism: false,
          ...slow,
        },
      },
    ],
  },
});
