/**
 * What time it is on the server, by the clock of this process. Each answer says when, on the server, it was made: between when
 * it was asked for and when it came. So that what is asked can say until when it matters, on the server's own clock.
 * @internal
 */
export class ServerClock {
  /** The server's microseconds less our own. Nobody knows at first: what is asked then is too late, and says what time it is. */
  #offsetUs = -Infinity;

  /** The server's time at one of ours, both in microseconds. */
  at(localUs: number): number {
    return Math.max(0, Math.floor(localUs + this.#offsetUs));
  }

  /** Learns from an answer. A server whose clock was set, or another one, is noticed by the first. */
  learn(serverUs: number, sentUs: number, receivedUs: number): void {
    this.#offsetUs = Math.min(Math.max(this.#offsetUs, serverUs - receivedUs), serverUs - sentUs);
  }
}
