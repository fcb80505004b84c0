/** How many cases a costly property is tried on: all of them where everything is tested (npm test), a tenth in npm run check. */
export const runs = (all: number): number =>
  process.env['CAISSON_TEST_RUNS'] === 'all' ? all : Math.ceil(all / 10);
