import type { Reporter } from '../../core/reporter.js';
import type { Decision } from '../../traffic/decision.js';
import type { RequestView } from '../exchange.js';
import type { AbuseSettings, AbuseSink } from './abuse-options.js';
import { subjectOf } from './subject.js';

/** What sort of event a status is. */
const TYPES: ReadonlyMap<number, string> = /* @__PURE__ */ new Map([
  [401, 'AUTH_FAILED'],
  [403, 'AUTH_FAILED'],
  [400, 'BAD_REQUEST'],
  [413, 'BAD_REQUEST'],
  [414, 'BAD_REQUEST'],
  [431, 'BAD_REQUEST'],
]);

/** What a service may say of an event of its own. */
export interface RecordAbuseOptions {
  /** As how many events it counts. @defaultValue what the detector's `weights` say of its type, else 1 */
  readonly weight?: number;
  /** What is kept with it for somebody to read; redacted. @defaultValue method and path of the request */
  readonly evidence?: unknown;
}

/**
 * Books what clients do wrong: on the address, unless the service has verified who they are, since anybody can claim to be
 * somebody else.
 * @internal
 */
export class AbuseBook {
  readonly detector: AbuseSink;
  readonly #rejects: boolean;
  readonly #verified: (request: RequestView) => string | undefined;
  readonly #reporter: Reporter;

  /** @param verified - the id of who is calling, where the service has verified it. */
  constructor(
    { detector, rejects }: AbuseSettings,
    verified: (request: RequestView) => string | undefined,
    reporter: Reporter,
  ) {
    this.detector = detector;
    this.#rejects = rejects;
    this.#verified = verified;
    this.#reporter = reporter;
  }

  /** Books what the status of an answer tells; refusals of the pipeline are booked when they are made. */
  answered(request: RequestView, status: number): void {
    const type = TYPES.get(status);
    const { refusedBy, exempt } = request.state;
    if (type !== undefined && refusedBy === undefined && exempt !== true) this.#book(request, type);
  }

  /** A user's limit refused; a ban is the consequence of abuse, not more of it. */
  refused(request: RequestView, { source }: Decision): void {
    if (source !== 'ban') this.#book(request, 'RATE_LIMITED');
  }

  /**
   * @returns whether there was somebody to book it on.
   * @throws what the detector throws at arguments that are wrong.
   */
  record(request: RequestView, type: string, options: RecordAbuseOptions = {}): boolean {
    const subject = this.#subject(request);
    if (subject === undefined) return false;
    const { method, path } = request;
    this.#reporter.watch(this.detector.record(subject, type, { evidence: { method, path }, ...options }));
    return true;
  }

  #book(request: RequestView, type: string): void {
    try {
      this.record(request, type);
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }

  /** The refusal of a request whose subject is flagged, if flags refuse. */
  decide(request: RequestView): Decision | undefined {
    if (!this.#rejects) return undefined;
    try {
      const subject = this.#subject(request);
      if (subject === undefined) return undefined;
      // A promise is no answer, or all clients would be refused.
      const flagged: unknown = this.detector.isFlagged(subject);
      if (this.#reporter.watch(flagged) || flagged !== true) return undefined;
      const left = this.detector.explain(subject)?.reasons.map(({ remainingMs }) => remainingMs) ?? [];
      const retryAfterMs = Math.max(1, ...left);
      return {
        allowed: false,
        limit: 0,
        remaining: 0,
        retryAfterMs,
        resetAfterMs: retryAfterMs,
        cost: 1,
        policy: this.detector.name,
        violated: [this.detector.name],
        source: 'ban',
        degraded: false,
        shadow: false,
      };
    } catch (error) {
      this.#reporter.listenerError(error);
      return undefined;
    }
  }

  #subject(request: RequestView): string | undefined {
    return subjectOf(request, this.#verified(request));
  }
}
