import { ManualClock } from 'breakwater/testing';
import type { EventLogger, TimingOptions } from 'breakwater/logger';

export { logPerformance, timed } from 'breakwater/logger';

export type Told = readonly [type: string, message: string, fields: Record<string, unknown>];

/** A logger and a monitor that remember, and options that name them. */
export function setup(more: Omit<TimingOptions, 'clock'> = {}) {
  const clock = new ManualClock();
  const told: Told[] = [];
  const durations: (readonly [string, number])[] = [];
  const reported: unknown[] = [];
  const logger: EventLogger = {
    event: (type, message, fields) => void told.push([type, message, fields as Record<string, unknown>]),
  };
  const monitor = { record: (metric: string, value: number) => void durations.push([metric, value]) };
  const onListenerError = (error: unknown): void => void reported.push(error);
  return { clock, told, durations, reported, logger, options: { logger, monitor, clock, onListenerError, ...more } };
}
