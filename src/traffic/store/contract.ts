/** What a store knows something about: one subject of one limiter. */
export interface StoreKey {
  /** Which limiter: limiters of one kind and name share it. 1 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly group: string;
  /** Whose: a digest, never what a client wrote. 1 to 64 characters of the same. */
  readonly subject: string;
}

/**
 * Takes tokens from a bucket, or gives them back. All numbers are whole, so that every store decides alike: `refillTokens` come
 * back evenly in every `refillUs` microseconds, and `capacity × refillUs + refillTokens` is at most 2^53 - 1. An empty bucket fills within
 * ten years: `capacity × refillUs / refillTokens` is at most 315,360,000,000,000. When a bucket's limits change it takes as
 * long to fill as it did before: of smaller limits it is empty for as long as that is more than they take.
 */
export interface BucketRule extends StoreKey {
  /** Tokens of a full bucket, at least 1. */
  readonly capacity: number;
  /** At least 1. */
  readonly refillTokens: number;
  /** At least 1. */
  readonly refillUs: number;
  /**
   * What to take; below 0, and at least minus the capacity, what to give back, by which a bucket is never more than full.
   * With 0 nothing is written, nor when a full bucket is given something.
   */
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
  /**
   * Microseconds until the same would really be allowed, rounded up; 0 when it is. For a marked subject that is the larger
   * of the mark's `leftUs` and what the bucket itself takes; `Infinity` when the cost exceeds the capacity, marked or not.
   */
  readonly retryAfterUs: number;
  /** Microseconds until the bucket is full, rounded up, whether or not its subject is marked. */
  readonly resetAfterUs: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/**
 * Counts one visit of a window, unless there are `limit` already or the subject is marked; nothing is written then. The
 * limit applies to what is counted already. With another `windowUs` than that of the last visit counted the window starts
 * anew.
 */
export interface WindowRule extends StoreKey {
  /**
   * The window in microseconds, 12 to 315,360,000,000,000 (ten years): it is counted in twelve parts that begin at the first
   * visit.
   */
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
  /**
   * Microseconds until one more would really be counted; 0 when this one was. For a marked subject the larger of the mark's
   * `leftUs` and what the window itself takes.
   */
  readonly retryAfterUs: number;
  /** Microseconds until none counts any more, if none comes. */
  readonly resetAfterUs: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/**
 * Remembers one event, exactly, marked or not. When a rule differs from the last, its limit, window and half-life apply to
 * all that is remembered; what smaller ones have forgotten does not come back with larger ones.
 */
export interface EventRule extends StoreKey {
  /** The window in microseconds, 1 to 315,360,000,000,000 (ten years): an event of exactly that age counts. */
  readonly windowUs: number;
  /** Most events that are remembered, the latest, at least 1. */
  readonly limit: number;
  /** As how many events it counts, at least 0; with 0 nothing is written. */
  readonly weight: number;
  /** What sort of event: 1 to 16 characters of `A-Z a-z 0-9 _ -`. */
  readonly tag: string;
  /** In how many microseconds the score halves: 1 to 4,927,500,000,000, a 64th of ten years. */
  readonly halfLifeUs: number;
}

/** What came of an {@link EventRule}. */
export interface EventAnswer {
  /** Events within the window, at most the limit. */
  readonly count: number;
  /** How many of them are of each sort. */
  readonly tags: Readonly<Record<string, number>>;
  /**
   * The weights of all events, each halved with every half-life since: a finite number. What has become of the earlier ones
   * counts as 0 once it is below 2^-10, so that it ends.
   */
  readonly score: number;
  /** The subject's mark, in force or only remembered. */
  readonly mark?: StoreMark | undefined;
}

/** Marks a subject, such as a ban or a flag, or says that it is not to be marked. */
export interface MarkChange extends StoreKey {
  /** Whether the mark holds the subject, or lifts what held it. */
  readonly held: boolean;
  /** For how many microseconds: 0 to 315,360,000,000,000 (ten years). */
  readonly forUs: number;
  /** For how many it is remembered: `forUs` to 315,360,000,000,000. */
  readonly keepUs: number;
  /** What is shown to people: at most 4,000 characters (UTF-16 code units), well-formed: without a lone surrogate. */
  readonly text: string;
  /**
   * Makes the change only when the subject's mark has still this version; with 0, only when no mark of it is remembered.
   *
   * @defaultValue whatever it has
   */
  readonly after?: number | undefined;
  /** Whether what is counted of the subject is cleared with it. @defaultValue `false` */
  readonly clear?: boolean | undefined;
  /**
   * Whether a mark that holds counts among {@link StoreMark.times}. One that does not leaves that number as it is, and what
   * it replaces is remembered for no less time by it. @defaultValue `true`
   */
  readonly counts?: boolean | undefined;
}

/** What is remembered of a subject's marks. */
export interface StoreMark {
  /** Whether it holds its subject, or lifts what held it. */
  readonly held: boolean;
  /** Microseconds for which it is in force; 0 when it is only remembered. */
  readonly leftUs: number;
  /** How often the subject was held since it was last lifted or forgotten. */
  readonly times: number;
  /**
   * Grows with each change in its group, from 1 to at most 2^53 - 1, and never goes back, even when marks are forgotten or
   * the data is lost: a store that takes the larger of the last version + 1 and its time in microseconds keeps to that.
   */
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
  /**
   * What to ask with next time: the version of the last of these marks where there are more, otherwise that of the last change of
   * the group, whatever was asked with, also when what was changed is forgotten; 0 when there was none, or none is known any more.
   * Whoever has heard of a larger one knows by it that the data was lost.
   */
  readonly version: number;
  /** Whether there are more. */
  readonly more: boolean;
}

/** How a store is asked. */
export interface StoreCall {
  /**
   * How long whoever asks waits for the answer, in ms, and decides without it then: a store that can has nothing counted by
   * what reaches it later. More than 0.
   *
   * @defaultValue as long as the store itself waits
   */
  readonly withinMs?: number | undefined;
}

/**
 * Where several processes keep one truth. Each method is one atomic step by one clock, the store's own; what it writes has
 * an expiry, and a wrong argument is an {@link InvalidArgumentError} before anything is written. Every answer is an object
 * of its own. Numbers without another bound are whole and at most 2^53 - 1; no time is longer than ten years,
 * 315,360,000,000,000 microseconds. `breakwater/testing` has the suite that every store passes.
 */
export interface LimitStore {
  /**
   * Takes from all buckets, or from none; the answers are in the order of the rules. An empty list is refused, and so are
   * two rules of one key; the groups may differ.
   */
  take(rules: readonly BucketRule[], call?: StoreCall): Promise<readonly BucketAnswer[]>;
  /** Counts one visit. */
  count(rule: WindowRule, call?: StoreCall): Promise<WindowAnswer>;
  /** Remembers one event. */
  record(rule: EventRule, call?: StoreCall): Promise<EventAnswer>;
  /** Changes a mark. */
  mark(change: MarkChange, call?: StoreCall): Promise<MarkAnswer>;
  /** The marks of a group, as they are now, that changed after `version`; 0 for all that are remembered. */
  changes(group: string, version: number, call?: StoreCall): Promise<MarkChanges>;
  /** Forgets what is counted of a subject; its mark stays. */
  clear(key: StoreKey, call?: StoreCall): Promise<void>;
  /** Gives back what the store itself has opened; a client that was handed in stays open. */
  close?(): Promise<void>;
}

/** More rules than anybody has in one decision; a script takes no list of any length. @internal */
export const MOST_RULES = 1_000;

/** How long a lifting is remembered at least, so that all processes hear of it, also those that were quiet for a while. @internal */
export const LIFTED_KEPT_US = 3_600 * 1e6;

/** The longest time that a store remembers anything, in microseconds: ten years. @internal */
export const LONGEST_US = 10 * 365 * 86_400 * 1e6;

/** Parts of a window: see {@link WindowRule}. @internal */
export const WINDOW_PARTS = 12;

/** Most marks of one {@link MarkChanges}. @internal */
export const MOST_CHANGES = 1_000;
