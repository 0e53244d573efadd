/** What a store knows something about: one subject of one limiter. */
export interface StoreKey {
  /** Which limiter: limiters of one kind and name share it. 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly group: string;
  /** Whose: a digest, never what a client wrote. 1 to 64 characters of the same. */
  readonly subject: string;
}

/**
 * Takes tokens from a bucket. All numbers are whole, so that every store decides alike: `refillTokens` come back evenly in
 * every `refillUs` microseconds, and `capacity × refillUs + refillTokens` is at most 2^53 - 1.
 */
export interface BucketRule extends StoreKey {
  /** Tokens of a full bucket, at least 1. */
  readonly capacity: number;
  /** At least 1. */
  readonly refillTokens: number;
  /** At least 1. */
  readonly refillUs: number;
  /** What to take, at least 0; with 0 nothing is written. */
  readonly cost: number;
  /** Whether its refusal takes nothing from this bucket and stops none of the others: for shadow mode. @defaultValue `false` */
  readonly advisory?: boolean | undefined;
}

/** What came of one {@link BucketRule}. */
export interface BucketAnswer {
  /** Whether this bucket holds the tokens and its subject is not marked; nothing is taken unless all rules allow it. */
  readonly allowed: boolean;
  /** Whole tokens that are left now. */
  readonly remaining: number;
  /** Microseconds until the same would be allowed, rounded up; `Infinity` for never, 0 when it is. */
  readonly retryAfterUs: number;
  /** Microseconds until the bucket is full, rounded up. */
  readonly resetAfterUs: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/** Counts one visit of a window, unless there are `limit` already or the subject is marked. */
export interface WindowRule extends StoreKey {
  /** The window in microseconds, at least 12: it is counted in twelve parts that begin at the first visit. */
  readonly windowUs: number;
  /** Visits within a window, at least 1. */
  readonly limit: number;
}

/** What came of a {@link WindowRule}. */
export interface WindowAnswer {
  /** Whether the visit was counted. */
  readonly allowed: boolean;
  /** Visits that count now. */
  readonly count: number;
  /** Microseconds until one more would be counted; 0 when this one was. */
  readonly retryAfterUs: number;
  /** Microseconds until none counts any more, if none comes. */
  readonly resetAfterUs: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/** Remembers one event, exactly, marked or not. */
export interface EventRule extends StoreKey {
  /** The window in microseconds, at least 1: an event of exactly that age counts. */
  readonly windowUs: number;
  /** Most events that are remembered, at least 1. */
  readonly limit: number;
  /** As how many events it counts, at least 0; with 0 nothing is written. */
  readonly weight: number;
  /** What sort of event: at most 16 characters of `A-Z a-z 0-9 _ -`. */
  readonly tag: string;
  /** In how many microseconds the score halves, at least 1. */
  readonly halfLifeUs: number;
}

/** What came of an {@link EventRule}. */
export interface EventAnswer {
  /** Events within the window, at most the limit. */
  readonly count: number;
  /** How many of them are of each sort. */
  readonly tags: Readonly<Record<string, number>>;
  /** The weights of all events, each halved with every half-life since: a finite number. */
  readonly score: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/** Marks a subject, such as a ban or a flag, or says that it is not to be marked. */
export interface MarkChange extends StoreKey {
  /** Whether the mark holds the subject, or lifts what held it. */
  readonly held: boolean;
  /** For how many microseconds, at least 0. */
  readonly forUs: number;
  /** How long it is remembered, at least `forUs`, at most {@link LONGEST_US}. */
  readonly keepUs: number;
  /** What is shown to people: at most 4,000 characters. */
  readonly text: string;
  /** Makes the change only when the subject's mark has still this version; 0 for none. @defaultValue whatever it has */
  readonly after?: number | undefined;
  /** Whether what is counted of the subject is cleared with it. @defaultValue `false` */
  readonly clear?: boolean | undefined;
}

/** What is remembered of a subject's marks. */
export interface StoreMark {
  /** Whether it holds its subject, or lifts what held it. */
  readonly held: boolean;
  /** Microseconds for which it is in force; 0 when it is only remembered. */
  readonly leftUs: number;
  /** How often the subject was held since it was last lifted or forgotten. */
  readonly times: number;
  /** Grows with each change in its group. */
  readonly version: number;
  readonly text: string;
}

/** What came of a {@link MarkChange}. */
export interface MarkAnswer {
  /** Whether the change was made. */
  readonly applied: boolean;
  /** Whether the subject was held before. */
  readonly wasHeld: boolean;
  /** What is remembered afterwards. */
  readonly mark?: StoreMark | undefined;
}

/** One of the marks that a group has had since. */
export interface ChangedMark extends StoreMark {
  readonly subject: string;
}

/** The marks that are new to somebody. */
export interface MarkChanges {
  /** The oldest change first, at most 1,000. */
  readonly marks: readonly ChangedMark[];
  /** What to ask with next time. */
  readonly version: number;
  /** Whether there are more. */
  readonly more: boolean;
}

/**
 * Where several processes keep one truth. Each method is one atomic step by one clock, the store's own; what it writes has
 * an expiry, and a wrong argument is an {@link InvalidArgumentError} before anything is written. `breakwater/testing` has
 * the suite that every store passes.
 */
export interface LimitStore {
  /** Takes from all buckets, or from none; the answers are in the order of the rules, whose keys all differ. */
  take(rules: readonly BucketRule[]): Promise<readonly BucketAnswer[]>;
  /** Counts one visit. */
  count(rule: WindowRule): Promise<WindowAnswer>;
  /** Remembers one event. */
  record(rule: EventRule): Promise<EventAnswer>;
  /** Changes a mark. */
  mark(change: MarkChange): Promise<MarkAnswer>;
  /** The marks of a group that changed after `version`; 0 for all that are remembered. */
  changes(group: string, version: number): Promise<MarkChanges>;
  /** Forgets what is counted of a subject; its mark stays. */
  clear(key: StoreKey): Promise<void>;
  /** Gives back what the store itself has opened; a client that was handed in stays open. */
  close?(): Promise<void>;
}

/** How long a lifting is remembered at least, so that all processes hear of it. @internal */
export const LIFTED_KEPT_US = 60 * 1e6;

/** The longest time that a store remembers anything, in microseconds: ten years. @internal */
export const LONGEST_US = 10 * 365 * 86_400 * 1e6;

/** Parts of a window: see {@link WindowRule}. @internal */
export const WINDOW_PARTS = 12;

/** Most marks of one {@link MarkChanges}. @internal */
export const MOST_CHANGES = 1_000;
