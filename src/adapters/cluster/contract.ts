import { InvalidArgumentError } from '../../core/errors.js';
import { type BucketRule, checkBuckets, type LimitStore } from '../../traffic/store/index.js';

/** A store for the processes of one cluster. */
export interface ClusterStore extends LimitStore {
  /**
   * Ends it: what is under way rejects, and so does what is asked later. In the primary its workers find no such store any more, and
   * what it knows is forgotten, once it has been closed as often as it was made there.
   */
  close(): Promise<void>;
}

/** More rules than anybody has in one decision. @internal */
export const MOST_RULES = 1_000;

/** Refuses buckets that cannot be, and more of them than a primary takes at once. @internal */
export function checkRules(rules: readonly BucketRule[]): void {
  checkBuckets(rules);
  if (rules.length <= MOST_RULES) return;
  const most = String(MOST_RULES);
  throw new InvalidArgumentError(`LimitStore: rules must be at most ${most}, got ${String(rules.length)}`);
}
