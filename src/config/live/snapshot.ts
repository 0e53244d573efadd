import type { ConfigIssue } from '../issues.js';

/** How reloads ended, counted. */
export interface Reloads {
  /** Some value is another one. */
  readonly changed: number;
  /** Nothing is different. */
  readonly unchanged: number;
  /** Something was wrong, and nothing was changed. */
  readonly rejected: number;
}

/** A live configuration's state as plain JSON, without values. */
export interface LiveConfigSnapshot {
  readonly name: string;
  /** 1 after the first reading; grows with each change. */
  readonly version: number;
  /** When the values in use were read, in ms since the Unix epoch. */
  readonly readAt: number;
  /** How many files are watched; 0 also when none is looked at by itself. */
  readonly watchedFiles: number;
  /** How reloads ended so far. */
  readonly reloads: Reloads;
  /** What was wrong at the last reload; empty when it was right. */
  readonly errors: readonly ConfigIssue[];
}
