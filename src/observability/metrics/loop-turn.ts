/**
 * Lets everything run that waits in the event loop, and then goes on. No time is involved: a timer of 0 ms would wait for a
 * whole one, a hundred times in a large scrape. The only place of the room that knows the loop.
 * @internal
 */
export function loopTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
