import { CaissonError } from '../../core/errors.ts';
import { stripUserInfo } from '../../core/redaction.ts';
import { withoutUndefined } from '../../core/objects.ts';
import type { Engine, ImageDescription } from '../../engine/port.ts';
import { isSameMachine, type Platform } from '../../model/platform.ts';
import { parseLockFile } from '../../model/lock-file.ts';
import { parseLock, type Lock } from '../../model/lock.ts';
import { parseBuildRecord, type BuildRecord } from '../../plan/build-record.ts';
import { mayStandInLock } from '../../plan/resolver-options.ts';
import { handlerDigest } from '../../plan/handler-digest.ts';
import { TELLING_FILES } from '../../provenance/image-contents.ts';
import { notOurs } from '../facts.ts';
import { readImageFile } from '../image-file.ts';

/** All that an image holds for being built again. */
export interface RecordedImage extends BuildRecord {
  readonly name: string;
  /** Absent: the engine's own. */
  readonly platform?: Platform;
  /** Of the base, when it came from a registry. */
  readonly baseDigest?: string;
  readonly lock?: Lock;
  readonly handler?: string;
}

const HANDLER = { path: '/opt/caisson/handler.py', maxBytes: 1_000_000 };

/** Throws RECORD_BROKEN, LOCK_BROKEN, ENGINE_FAILED. */
export async function readRecordedImage(
  { name, description }: { readonly name: string; readonly description: ImageDescription },
  { engine }: { readonly engine: Engine },
): Promise<RecordedImage> {
  const { imageId, labels, platform } = description;
  const { platform: own } = await engine.describe();
  const text = await readImageFile(engine, imageId, TELLING_FILES.record);
  if (text === undefined) throw notOurs(name);
  const record = parseBuildRecord(text);
  const { handlerSha256 } = record.request;
  const lock = await readImageFile(engine, imageId, TELLING_FILES.lock);
  return withoutUndefined({
    ...{ name, ...record },
    platform: isSameMachine(own, platform) ? undefined : platform,
    baseDigest: labels['org.opencontainers.image.base.digest'],
    lock: lock === undefined ? undefined : readLock(lock, name),
    handler: handlerSha256 === undefined ? undefined : await readHandler(imageId, { engine, handlerSha256 }),
  });
}

/** Somebody else's image may hold anything: pip would follow options to other files and indexes. Throws LOCK_BROKEN. */
function readLock(text: string, name: string): Lock {
  const lock = parseLock(text, `the lock of '${name}'`);
  const { options } = parseLockFile(text);
  const strange = options.find((option) => !mayStandInLock(option));
  if (strange === undefined) return lock;
  throw new CaissonError('LOCK_BROKEN', `the lock of '${name}' holds the line '${stripUserInfo(strange)}'`, {
    hint: 'caisson writes no such line; resolve the packages anew with --update',
  });
}

async function readHandler(
  imageId: string,
  { engine, handlerSha256 }: { readonly engine: Engine; readonly handlerSha256: string },
): Promise<string> {
  const handler = await readImageFile(engine, imageId, HANDLER);
  if (handler !== undefined && handlerDigest(handler) === handlerSha256) return handler;
  throw new CaissonError('RECORD_BROKEN', `the handler in '${HANDLER.path}' is not the recorded one`, {
    hint: 'build it again from its model with build-image --handler',
  });
}
