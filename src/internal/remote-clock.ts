/**
 * What time it is in another process, by the clock of this one. Each answer from there says when it was made: between when it
 * was asked for and when it came. So that what is asked can say until when it matters, on the clock of whoever answers.
 * @internal
 */
export class RemoteClock {
  /** Its microseconds less our own. Nobody knows at first: what is asked then is too late, and says what time it is. */
  #offsetUs = -Infinity;

  /** The time there at one of ours, both in microseconds; -1, before all time, when nobody knows. */
  at(localUs: number): number {
    return Math.max(-1, Math.floor(localUs + this.#offsetUs));
  }

  /** Learns from an answer. A clock that was set, or another one, is noticed by the first. */
  learn(remoteUs: number, sentUs: number, receivedUs: number): void {
    this.#offsetUs = Math.min(Math.max(this.#offsetUs, remoteUs - receivedUs), remoteUs - sentUs);
  }
}
