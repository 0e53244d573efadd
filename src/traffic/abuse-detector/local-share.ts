import { AbuseDetector } from './abuse-detector.js';
import type { ParsedSharedAbuseDetectorOptions } from './options.js';

/** What one process flags by itself, when it is to; it counts along while the store decides. @internal */
export function localShare(options: ParsedSharedAbuseDetectorOptions): AbuseDetector | undefined {
  const { onStoreError, instances, name, threshold, windowMs, flagTtlMs, maxSubjects, mode, clock } = options;
  if (onStoreError !== 'local' || instances === undefined) return undefined;
  const share = Math.floor(threshold / instances);
  // Rules of one's own are asked once for each event, with what the store knows.
  return new AbuseDetector({ name, threshold: share, windowMs, flagTtlMs, maxSubjects, mode, clock });
}
