import { createHash } from 'node:crypto';
import type { Keepsakes } from '../../platform/keepsakes.ts';
import { parseJson } from '../compact-json.ts';
import type { Measured, SelfTestRequest } from './request.ts';

/** Of the question and of what is kept: a change of either makes old passes unknown. */
const FORMAT = 1;

/** The same image and the same test have the same key; what is secret goes in, and does not come out. */
export function keyOfPass(imageId: string, request: SelfTestRequest): string {
  const { networkMode, env, memoryBytes, requests } = request;
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = [FORMAT, imageId, networkMode, sorted, memoryBytes ?? null, requests];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** undefined when the test was never passed, or what was kept of it cannot be read. */
export async function readPass(keepsakes: Keepsakes, key: string): Promise<Measured | undefined> {
  const kept = parseJson((await keepsakes.read('self-tests', key)) ?? '');
  const isPass =
    typeof kept === 'object' && kept !== null && 'requests' in kept && Array.isArray(kept.requests);
  return isPass ? (kept as Measured) : undefined;
}

export async function keepPass(keepsakes: Keepsakes, key: string, measured: Measured): Promise<void> {
  await keepsakes.write('self-tests', key, JSON.stringify(measured));
}

/** Words of the failure, for whoever pushes the image all the same. */
export async function keepFailure(keepsakes: Keepsakes, imageId: string, what: string): Promise<void> {
  await keepsakes.write('self-tests', keyOfFailure(imageId), what);
}

/** An image that failed and then passed, with more memory say, has not failed. */
export async function forgetFailure(keepsakes: Keepsakes, imageId: string): Promise<void> {
  await keepsakes.remove('self-tests', keyOfFailure(imageId));
}

/** undefined when it did not fail, or not on this machine. */
export async function readFailure(keepsakes: Keepsakes, imageId: string): Promise<string | undefined> {
  return keepsakes.read('self-tests', keyOfFailure(imageId));
}

const keyOfFailure = (imageId: string): string =>
  createHash('sha256')
    .update(JSON.stringify([FORMAT, 'failed', imageId]))
    .digest('hex');
