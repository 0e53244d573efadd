import { AbuseDetector, type AbuseDetectorOptions } from 'breakwater/abuse-detector';
import { ManualClock } from 'breakwater/testing';

export function setup(options: AbuseDetectorOptions = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const abuse = new AbuseDetector({ clock, onListenerError: (error) => reported.push(error), ...options });
  const told: object[] = [];
  abuse.on('flagged', (event) => told.push({ type: 'flagged', ...event }));
  abuse.on('unflagged', (event) => told.push({ type: 'unflagged', ...event }));
  const record = (subject: string, times: number, type?: string) =>
    Array.from({ length: times }, () => abuse.record(subject, type)).at(-1);
  return { clock, abuse, reported, told, record };
}
