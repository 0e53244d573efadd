import { AbuseDetector, type AbuseResult } from './abuse-detector.js';
import type { AbuseRule, ParsedSharedAbuseDetectorOptions } from './options.js';

/** One event for {@link LocalShare.record}. */
interface LocalEvent {
  readonly weight: number;
  readonly evidence: unknown;
  /** Whether nobody else decides about it. */
  readonly decides: boolean;
}

/**
 * What one process flags by itself, at its share of the threshold and the score; it counts along while the store decides.
 * @internal
 */
export class LocalShare {
  readonly detector: AbuseDetector;
  #decides = false;

  constructor(options: ParsedSharedAbuseDetectorOptions, instances: number) {
    const { name, threshold, windowMs, flagTtlMs, score, rules, maxSubjects, mode, clock, onListenerError } = options;
    const { flagAt = 0, clearBelow = flagAt / 2, halfLifeMs } = score ?? {};
    // Rules of one's own are asked once for each event: here only when nobody else asks them.
    const asked = Array.from(rules, ([rule, matches]): [string, AbuseRule] => [
      rule,
      (event) => this.#decides && matches(event),
    ]);
    this.detector = new AbuseDetector({
      name,
      threshold: Math.floor(threshold / instances),
      windowMs,
      flagTtlMs,
      rules: Object.fromEntries(asked),
      ...(score === undefined
        ? {}
        : { score: { flagAt: flagAt / instances, clearBelow: clearBelow / instances, halfLifeMs } }),
      maxSubjects,
      mode,
      clock,
      ...(onListenerError === undefined ? {} : { onListenerError }),
    });
  }

  record(subject: string, type: string, { weight, evidence, decides }: LocalEvent): AbuseResult {
    this.#decides = decides;
    return this.detector.record(subject, type, decides ? { weight, evidence } : { weight });
  }
}
