import { createHardening, type HardeningOptions, type RequestRecord } from 'breakwater/http';
import { ManualClock } from 'breakwater/testing';

/** A pipeline on a clock that stands still, with what it reports and records. */
export function setup(options: HardeningOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const hardening = createHardening({ clock, onListenerError: (error) => reported.push(error), ...options });
  const records: RequestRecord[] = [];
  hardening.on('request', (record) => records.push(record));
  return { clock, hardening, reported, records };
}
