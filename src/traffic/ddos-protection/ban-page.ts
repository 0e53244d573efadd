import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import type { Ban } from './bans.js';

/** A page of blocks. */
export interface BanPage {
  readonly bans: readonly Ban[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: number;
}

const PAGE = 100;

/** The page that begins at a cursor. @internal */
export function banPage(owner: string, all: readonly Ban[], cursor: number): BanPage {
  if (!Number.isSafeInteger(cursor) || cursor < 0) {
    throw new InvalidArgumentError(`${owner}.bans: cursor must be one that bans() returned, got ${describe(cursor)}`);
  }
  const bans = all.slice(cursor, cursor + PAGE);
  return cursor + PAGE < all.length ? { bans, next: cursor + PAGE } : { bans };
}
