import type { CommandIo } from './io.js';

/** Resolves after a time, for which it holds the process. */
export function pause({ clock }: CommandIo, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(resolve, ms, { hold: true });
  });
}
