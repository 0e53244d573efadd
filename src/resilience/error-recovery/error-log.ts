import { redactValue } from '../../core/redaction.js';
import { deepFreeze } from '../../internal/deep-freeze.js';
import type { ErrorSummary } from '../circuit-breaker/index.js';
import { type ErrorTrend, MinuteCounts, TREND_MS, trendOf } from './engine.js';
import { type DescribedError, describeError } from './fingerprint.js';
import { ErrorGroups } from './error-groups.js';

/** One error as it is kept: plain JSON, safe to print. */
export interface RecordedError {
  /** When, in ms since the Unix epoch. */
  readonly at: number;
  readonly error: ErrorSummary;
  /** What `recordError` was told besides, with secrets masked; `'[too large]'` beyond 2 kB. */
  readonly context?: unknown;
  /** The same for errors of one kind, see {@link ErrorGroup}. */
  readonly fingerprint: string;
}

/** A moment on both clocks. @internal */
export interface Moment {
  /** Since the service began to look out for errors. */
  readonly atMs: number;
  readonly wallMs: number;
}

const LARGEST_CONTEXT = 2_048;

/** What is kept of the errors of one service: the last ones, their kinds, and how many a minute. @internal */
export class ErrorLog {
  readonly groups = new ErrorGroups();
  readonly #maxErrors: number;
  /** The place of the oldest entry is that of the next one, once it is full. */
  readonly #ring: RecordedError[] = [];
  #next = 0;
  #minutes: MinuteCounts | undefined;
  count = 0;
  firstSeenAt: number | undefined;
  lastSeenAt: number | undefined;
  #lastAtMs = -Infinity;

  constructor(maxErrors: number) {
    this.#maxErrors = maxErrors;
  }

  record(error: unknown, context: unknown, { atMs, wallMs }: Moment): RecordedError {
    const described = describeError(error);
    const entry = entryOf(described, context, wallMs);
    if (this.#ring.length < this.#maxErrors) this.#ring.push(entry);
    else {
      this.#ring[this.#next] = entry;
      this.#next = (this.#next + 1) % this.#maxErrors;
    }
    this.groups.add(described, { atMs, wallMs });
    (this.#minutes ??= new MinuteCounts()).add(atMs);
    this.count++;
    this.firstSeenAt ??= wallMs;
    this.lastSeenAt = wallMs;
    this.#lastAtMs = atMs;
    return entry;
  }

  /** The last errors, the oldest first. */
  get entries(): RecordedError[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  trend(atMs: number): ErrorTrend {
    return trendOf(this.#minutes, atMs);
  }

  /** Whether there is no error left that the trend would count. */
  isQuiet(atMs: number): boolean {
    return atMs - this.#lastAtMs >= TREND_MS;
  }
}

function entryOf({ summary, fingerprint }: DescribedError, context: unknown, at: number): RecordedError {
  const safe = safeContext(context);
  // Frozen, because every reader gets the same one.
  return deepFreeze({ at, error: summary, ...(safe === undefined ? {} : { context: safe }), fingerprint });
}

function safeContext(context: unknown): unknown {
  const copy = redactValue(context);
  if (copy === undefined) return undefined;
  const json = JSON.stringify(copy);
  // Parsed anew, so that no short text holds on to the long one that it was cut from.
  return json.length > LARGEST_CONTEXT ? '[too large]' : JSON.parse(json);
}
