/** @param {readonly number[]} list @param {number} share between 0 and 1 */
export function quantile(list, share) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** @param {readonly number[]} list */
export const median = (list) => quantile(list, 0.5);

/** The slope of the straight line that fits points best. @param {readonly { x: number, y: number }[]} points */
export function slope(points) {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

/** @param {readonly number[]} list */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
