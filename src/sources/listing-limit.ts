import { CaissonError } from '../core/errors.ts';

/** More is no model. */
export const MAX_ENTRIES = 100_000;
/** Pages may be empty, or hold one entry each. */
const MAX_PAGES = 2000;

/** Counts what a listing brings, so that one without end ends. */
export class ListingLimit {
  readonly #shown: string;
  #pages = 0;
  #entries = 0;

  /** @param shown who lists, for the error */
  constructor(shown: string) {
    this.#shown = shown;
  }

  /** Takes a page in. Throws STORE_FAILED as soon as the listing is too long. */
  page(entries: number): void {
    this.#pages += 1;
    this.#entries += entries;
    if (this.#entries > MAX_ENTRIES) throw tooLong(this.#shown, `${MAX_ENTRIES} files`);
    if (this.#pages > MAX_PAGES) throw tooLong(this.#shown, `${MAX_PAGES} pages`);
  }
}

export const tooLong = (shown: string, what: string): CaissonError =>
  new CaissonError('STORE_FAILED', `${shown} lists more than ${what}`, {
    hint: 'name the folder of the model, and not one above it',
  });
