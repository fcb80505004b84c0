import { ListingLimit } from '../listing-limit.ts';
import type { RemoteFile } from './port.ts';
import { checkedListing } from './safe-path.ts';

/** A page of a bucket's listing, and what asks for the next one; absent after the last. */
export interface ObjectsPage<T> {
  readonly objects: readonly T[];
  readonly next: string | undefined;
}

/** A bucket that is listed whole, page by page. */
export interface PagedBucket<T> {
  /** For errors. */
  readonly shown: string;
  readonly page: (token: string | undefined) => Promise<ObjectsPage<T>>;
  /** undefined for what stands for a folder. */
  readonly file: (object: T) => RemoteFile | undefined;
}

/** All files of a bucket's folder. Throws STORE_FAILED for a listing without end or with names that clash, and what `page` and `file` throw. */
export async function listPages<T>({ shown, page, file }: PagedBucket<T>): Promise<readonly RemoteFile[]> {
  const files: RemoteFile[] = [];
  const limit = new ListingLimit(shown);
  let token: string | undefined;
  do {
    const { objects, next } = await page(token);
    files.push(...objects.flatMap((object) => file(object) ?? []));
    limit.page(objects.length);
    token = next;
  } while (token !== undefined);
  return checkedListing(files, shown);
}
