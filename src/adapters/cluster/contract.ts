import type { LimitStore } from '../../traffic/store/index.js';

/** A store for the processes of one cluster. */
export interface ClusterStore extends LimitStore {
  /**
   * Ends it: what is under way rejects, and so does what is asked later. In the primary its workers find no such store any more, and
   * what it knows is forgotten, once it has been closed as often as it was made there.
   */
  close(): Promise<void>;
}
