import { TREND_MS } from './engine.js';
import type { DescribedError } from './fingerprint.js';

/** Errors of one kind: same class, same code, same message but for what varies, same place in the code. */
export interface ErrorGroup {
  /** Class, code, message and place; `'other'` for the group of those that there was no room for. */
  readonly fingerprint: string;
  readonly name: string;
  readonly code?: string;
  /** The message, redacted, with placeholders for what varies. */
  readonly message: string;
  /** Function and file, where the application's own code stands in the stack. */
  readonly where?: string;
  readonly count: number;
  /** In ms since the Unix epoch. */
  readonly firstSeenAt: number;
  /** In ms since the Unix epoch. */
  readonly lastSeenAt: number;
}

/** Groups of one service, besides that of the others. */
const MOST_GROUPS = 50;

type Counted = { -readonly [K in keyof ErrorGroup]: ErrorGroup[K] } & { lastAtMs: number };

/** The errors of one service by their kind, in bounded memory; each error is in exactly one group. @internal */
export class ErrorGroups {
  readonly #groups = new Map<string, Counted>();
  #other: Counted | undefined;

  get size(): number {
    return this.#groups.size + (this.#other === undefined ? 0 : 1);
  }

  add(described: DescribedError, { atMs, wallMs }: { readonly atMs: number; readonly wallMs: number }): void {
    const { fingerprint, summary, pattern, frame } = described;
    let group = this.#groups.get(fingerprint);
    if (group === undefined && (this.#groups.size < MOST_GROUPS || this.#makeRoom(atMs))) {
      group = {
        fingerprint,
        name: summary.name,
        ...(summary.code === undefined ? {} : { code: summary.code }),
        message: pattern,
        ...(frame === '' ? {} : { where: frame }),
        count: 0,
        firstSeenAt: wallMs,
        lastSeenAt: wallMs,
        lastAtMs: atMs,
      };
      this.#groups.set(fingerprint, group);
    }
    group ??= this.#others(wallMs, atMs);
    group.count++;
    group.lastSeenAt = wallMs;
    group.lastAtMs = atMs;
  }

  /** The largest groups, the largest first. */
  top(most: number): ErrorGroup[] {
    const all = [...this.#groups.values(), ...(this.#other === undefined ? [] : [this.#other])];
    return all
      .sort((a, b) => b.count - a.count || b.lastAtMs - a.lastAtMs)
      .slice(0, most)
      .map(({ lastAtMs: _, ...group }) => group);
  }

  /** A group that has not been seen for as long as the trend looks back joins the others. */
  #makeRoom(atMs: number): boolean {
    let oldest: Counted | undefined;
    for (const group of this.#groups.values()) {
      if (oldest === undefined || group.lastAtMs < oldest.lastAtMs) oldest = group;
    }
    if (oldest === undefined || atMs - oldest.lastAtMs < TREND_MS) return false;
    this.#groups.delete(oldest.fingerprint);
    const others = this.#others(oldest.firstSeenAt, oldest.lastAtMs);
    others.count += oldest.count;
    others.firstSeenAt = Math.min(others.firstSeenAt, oldest.firstSeenAt);
    others.lastSeenAt = Math.max(others.lastSeenAt, oldest.lastSeenAt);
    return true;
  }

  #others(wallMs: number, atMs: number): Counted {
    return (this.#other ??= {
      fingerprint: 'other',
      name: 'other',
      message: 'errors of further kinds',
      count: 0,
      firstSeenAt: wallMs,
      lastSeenAt: wallMs,
      lastAtMs: atMs,
    });
  }
}
