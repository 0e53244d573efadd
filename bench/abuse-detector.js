import { AbuseDetector } from '../dist/abuse-detector.js';
import { compare, growth, repeated } from './harness.js';

const CALLS = 1_000;
const SUBJECTS = 10_000;
const name = (i) => `user-${String(i)}`;

/** All groups; `true` when every budget is met. */
export async function abuseDetectorBench() {
  const table = new Map();
  const bare = (key) => {
    const now = performance.now();
    table.set(key, Math.max(table.get(key) ?? 0, now) + 1);
  };
  const brought = Array.from({ length: SUBJECTS }, (_, i) => name(i));
  const [one, many, rotating] = Array.from({ length: 3 }, () => new AbuseDetector());
  let next = 0;
  const met = await compare('abuse detector, a record', [
    { name: 'Map get and set, one clock read', role: 'floor', calls: CALLS, run: repeated(() => bare('user-7')) },
    { name: 'breakwater record, one subject', role: 'ours', calls: CALLS, run: repeated(() => one.record('user-7')) },
    {
      name: 'breakwater record, 10,000 flagged subjects',
      role: 'also',
      calls: CALLS,
      run: repeated((i) => many.record(brought[(i * 7_919) % SUBJECTS])),
    },
    {
      name: 'breakwater record, each from another subject',
      role: 'also',
      calls: CALLS,
      run: repeated(() => rotating.record(name(next++))),
    },
  ]);
  const flooded = growth('abuse detector, memory under rotating subjects', 1e7, 16, () => {
    const detector = new AbuseDetector();
    for (let i = 1; i < 50; i++) detector.record('heavy');
    return {
      call: (i) => detector.record(name(i)),
      holds: () => detector.record('heavy').newlyFlagged,
    };
  });
  return met && flooded;
}
