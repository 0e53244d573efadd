import { type BucketAnswer, readBuckets, type SharedTruth } from '../store/index.js';
import type { LeaseSettings } from './leases.js';

/**
 * Asks the store for tokens beside decisions. What it says of marks is heard; whether it answers counts as with any question.
 * @internal
 */
export function askBeside(truth: SharedTruth, advisory: boolean): LeaseSettings['ask'] {
  return async (subject, bucket, cost) => {
    const rule = { group: truth.names.group, subject, ...bucket, cost, advisory };
    const answers = await truth.ask({
      sort: 'take',
      call: (store) => store.take([rule]),
      read: (given: readonly BucketAnswer[]) => readBuckets(given, 1),
    });
    const [answer] = answers ?? [];
    if (answer !== undefined) truth.marks.learn(subject, answer.mark);
    return answer;
  };
}
