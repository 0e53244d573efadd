import type { ServerHttp2Stream } from 'node:http2';

/** Over so many streams, and as many before, the most that were open at once are counted. */
const LATELY = 64;

/** The client of one session, and how it goes about it. @internal */
export class Http2Client {
  readonly open = new Set<ServerHttp2Stream>();
  activeAtMs: number;
  isTold = false;
  /** Called once, when there is nothing left to tell it. */
  onGone: (() => void) | undefined;
  #opened = 0;
  #peak = 0;
  #peakBefore = 0;

  constructor(nowMs: number) {
    this.activeAtMs = nowMs;
  }

  begin(stream: ServerHttp2Stream, nowMs: number): void {
    this.activeAtMs = nowMs;
    this.open.add(stream);
    if (this.#opened++ % LATELY === 0) {
      this.#peakBefore = this.#peak;
      this.#peak = 0;
    }
    this.#peak = Math.max(this.#peak, this.open.size);
  }

  end(stream: ServerHttp2Stream, nowMs: number): void {
    this.activeAtMs = nowMs;
    this.open.delete(stream);
  }

  gone(): void {
    this.onGone?.();
    this.onGone = undefined;
  }

  /** Whether it waits for as many answers as it ever did lately, so that it has no request on the way, most probably. */
  get waitsForAll(): boolean {
    const peak = Math.max(this.#peak, this.#peakBefore);
    // What it does with its first few streams says nothing yet.
    if (peak === 0 || this.#opened < 2 * peak) return false;
    // An answer that was sent may be on its way, and the next request after it.
    return [...this.open].filter((stream) => !stream.writableEnded).length >= peak;
  }
}
