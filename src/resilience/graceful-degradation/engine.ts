import { ROUNDING_MS } from '../../core/steady.js';

/** Why a feature is degraded. */
interface Reason {
  /** What people are shown. */
  readonly text: string;
  readonly by: 'manual' | 'link';
  /** How bad it is: the place of its level among the feature's. */
  level: number;
  /** What a linked component says. */
  message: string | undefined;
}

/** A reason and since when it has been there. */
interface KeptReason extends Reason {
  readonly sinceMs: number;
}

/** A time during which a feature is degraded without a break. @internal */
export interface Episode {
  readonly sinceMs: number;
  /** Every reason that there was, as people are shown it. */
  readonly reasons: Set<string>;
  /** Calls that were answered degraded. */
  calls: number;
  /** Before this moment it does not end. */
  heldUntilMs: number;
  /** When the last reason went. */
  clearSinceMs: number;
}

/** Told after the feature has gone from one level to another. @internal */
export type OnMoved = (from: number, to: number, episode: Episode, atMs: number) => void;

/** Texts of reasons that an episode remembers. */
const MOST_REMEMBERED = 100;

/**
 * The rules of one feature: it is at the worst level of its reasons, and back at the best one when there is none left,
 * but not before its last degradation is `minDwellMs` old. Level 0 is the best.
 * @internal
 */
export class FeatureState {
  readonly #minDwellMs: number;
  readonly #onMoved: OnMoved;
  readonly #reasons = new Map<unknown, KeptReason>();
  #level = 0;
  #episode: Episode | undefined;

  constructor(minDwellMs: number, onMoved: OnMoved) {
    this.#minDwellMs = minDwellMs;
    this.#onMoved = onMoved;
  }

  get level(): number {
    return this.#level;
  }

  get episode(): Episode | undefined {
    return this.#episode;
  }

  get reasons(): Iterable<KeptReason> {
    return this.#reasons.values();
  }

  /** Keys of the reasons that were given by hand. */
  get manualKeys(): unknown[] {
    return [...this.#reasons].filter(([, { by }]) => by === 'manual').map(([key]) => key);
  }

  has(key: unknown): boolean {
    return this.#reasons.has(key);
  }

  /** Adds a reason, or updates the one with this key, which keeps its age; each is a degradation. */
  degrade(key: unknown, reason: Reason, nowMs: number): void {
    this.advance(nowMs);
    const known = this.#reasons.get(key);
    this.#reasons.set(key, { ...reason, sinceMs: known?.sinceMs ?? nowMs });
    const episode = (this.#episode ??= {
      sinceMs: nowMs,
      reasons: new Set(),
      calls: 0,
      heldUntilMs: nowMs,
      clearSinceMs: nowMs,
    });
    episode.heldUntilMs = nowMs + this.#minDwellMs;
    if (episode.reasons.size < MOST_REMEMBERED) episode.reasons.add(reason.text);
    this.#move(this.#worst(), episode, nowMs);
  }

  /** Replaces what the component behind a reason says: no new degradation. */
  note(key: unknown, message: string | undefined): void {
    const reason = this.#reasons.get(key);
    if (reason !== undefined) reason.message = message;
  }

  /** Takes reasons away, all at once. */
  recover(keys: readonly unknown[], nowMs: number): void {
    this.advance(nowMs);
    const episode = this.#episode;
    const gone = keys.filter((key) => this.#reasons.delete(key)).length;
    if (gone === 0 || episode === undefined) return;
    if (this.#reasons.size > 0) {
      this.#move(this.#worst(), episode, nowMs);
      return;
    }
    // Until the end of the dwell the feature stays at the level that it is at.
    episode.clearSinceMs = nowMs;
    this.advance(nowMs);
  }

  /** Makes a recovery that fell due, as of the moment when it did. */
  advance(nowMs: number): void {
    const episode = this.#episode;
    if (episode === undefined || this.#reasons.size > 0) return;
    if (nowMs < episode.heldUntilMs - ROUNDING_MS) return;
    this.#episode = undefined;
    this.#move(0, episode, Math.max(episode.clearSinceMs, episode.heldUntilMs));
  }

  /** Milliseconds until the feature recovers; `undefined` while it has reasons not to, and when it is well. */
  recoversInMs(nowMs: number): number | undefined {
    if (this.#episode === undefined || this.#reasons.size > 0) return undefined;
    return Math.max(0, this.#episode.heldUntilMs - nowMs);
  }

  #worst(): number {
    let worst = 0;
    for (const { level } of this.#reasons.values()) worst = Math.max(worst, level);
    return worst;
  }

  #move(to: number, episode: Episode, atMs: number): void {
    const from = this.#level;
    if (from === to) return;
    this.#level = to;
    this.#onMoved(from, to, episode, atMs);
  }
}
