import { ApplicationLifecycle, type ApplicationLifecycleOptions } from 'breakwater/lifecycle';
import { ManualClock } from 'breakwater/testing';

export { held } from '../held.js';

export const WALL_START = 1_700_000_000_000;

/** One line of the log. */
export interface Line {
  readonly type: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A lifecycle on a clock of its own, whose exits are only noted; it hears of no signal of the test's own process. */
export function setup(options: ApplicationLifecycleOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: WALL_START });
  const exits: number[] = [];
  const lines: Line[] = [];
  const reported: unknown[] = [];
  const lifecycle = new ApplicationLifecycle({
    clock,
    drainDelayMs: 0,
    signals: [],
    fatalErrors: [],
    exit: (code) => exits.push(code),
    logger: {
      event: (type, message, fields = {}) => {
        lines.push({ type, message, fields: fields as Record<string, unknown> });
      },
    },
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  return { lifecycle, clock, exits, lines, reported };
}

/** Lets virtual time pass until the promise is settled; the ms that this took. */
export async function passedUntil(clock: ManualClock, promise: Promise<unknown>, limitMs = 120_000): Promise<number> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  void promise.then(note, note);
  const startMs = clock.now();
  for (;;) {
    await clock.advanceAsync(0);
    // The look at what is left alive takes real turns of the event loop, but no time.
    await turns();
    if (settled || clock.now() - startMs >= limitMs) return clock.now() - startMs;
    await clock.advanceAsync(10);
  }
}

/** A few turns of the event loop. */
export async function turns(count = 6): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The names of steps that are over, with their status. */
export function stepsOf(steps: readonly { name: string; status: string }[] | undefined): string[] {
  return (steps ?? []).map(({ name, status }) => (status === 'DONE' ? name : `${name} ${status}`));
}
