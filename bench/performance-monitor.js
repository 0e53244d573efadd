import { DDSketch } from '@datadog/sketches-js';
import * as hdr from 'hdr-histogram-js';
import { Summary } from 'prom-client';
import { PerformanceMonitor } from '../dist/observability.js';
import { compare, garbage, repeated } from './harness.js';

const CALLS = 1_000;
const PERCENTILES = [0.5, 0.95, 0.99];
// Durations as services have them: most of some ms, a few of seconds.
const VALUES = Float64Array.from({ length: 1_024 }, () => {
  const [u, v] = [1 - Math.random(), Math.random()];
  return Math.exp(2 + 1.2 * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
});
const value = (i) => VALUES[i & 1_023];
const METRICS = ['db.query_ms', 'db.wait_ms', 'http.request_ms', 'cache.get_ms', 'mail.send_ms', 'render_ms'];

/** Peers that remember everything for ever. */
function endless() {
  const sketch = new DDSketch({ relativeAccuracy: 0.011 });
  const histogram = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 1e9,
    numberOfSignificantValueDigits: 2,
  });
  return [
    { name: 'sketches-js DDSketch accept', call: (i) => sketch.accept(value(i)) },
    // It takes whole numbers: microseconds.
    { name: 'hdr-histogram recordValue', call: (i) => histogram.recordValue(Math.round(value(i) * 1_000)) },
  ];
}

function summary(options) {
  return new Summary({ name: 'bench_ms', help: 'bench', percentiles: PERCENTILES, registers: [], ...options });
}

const cases = (role, all) => all.map(({ name, call }) => ({ name, role, calls: CALLS, run: repeated(call) }));

async function windowed() {
  const monitor = new PerformanceMonitor();
  const many = new PerformanceMonitor();
  const aged = summary({ maxAgeSeconds: 600, ageBuckets: 5 });
  return compare(
    'performance monitor, the last ten minutes',
    [
      ...cases('floor', [{ name: 'one clock read', call: () => performance.now() }]),
      ...cases('ours', [{ name: 'breakwater record', call: (i) => monitor.record('db.query_ms', value(i)) }]),
      ...cases('also', [
        { name: 'breakwater record, six metrics in turn', call: (i) => many.record(METRICS[i % 6], value(i)) },
        { name: 'breakwater time, a function that does nothing', call: () => monitor.time('nothing_ms', () => 1) },
      ]),
      ...cases('peer', [{ name: 'prom-client Summary, five age buckets', call: (i) => aged.observe(value(i)) }]),
    ],
    { overFloorNs: 60, beatsPeers: true, text: 'at most 60 ns over one clock read, and faster than every peer' },
  );
}

async function withoutEnd() {
  const monitor = new PerformanceMonitor({ quantileWindowMs: Infinity });
  const forever = summary({});
  const ring = new Float64Array(1_000);
  let at = 0;
  const push = (i) => {
    ring[at] = value(i);
    at = at === 999 ? 0 : at + 1;
  };
  return compare(
    'performance monitor, all values ever',
    [
      ...cases('floor', [{ name: 'a push to a ring of 1,000', call: push }]),
      ...cases('ours', [{ name: 'breakwater record, ring and sketch', call: (i) => monitor.record('a_ms', value(i)) }]),
      ...cases('peer', [{ name: 'prom-client Summary observe', call: (i) => forever.observe(value(i)) }, ...endless()]),
    ],
    { overFloorNs: 50, text: 'at most 50 ns over a push to a ring' },
  );
}

async function reading() {
  const monitor = new PerformanceMonitor();
  const sketch = new DDSketch({ relativeAccuracy: 0.011 });
  for (let i = 0; i < 10_000; i++) {
    monitor.record('db.query_ms', value(i));
    sketch.accept(value(i));
  }
  return compare('performance monitor, reading three quantiles', [
    ...cases('floor', [{ name: 'one quantile of ours', call: () => monitor.quantile('db.query_ms', 0.95) }]),
    ...cases('ours', [{ name: 'breakwater stats, the ring included', call: () => monitor.stats('db.query_ms') }]),
    ...cases('peer', [
      {
        name: 'sketches-js getValueAtQuantile, three times',
        call: () => PERCENTILES.map((q) => sketch.getValueAtQuantile(q)),
      },
    ]),
  ]);
}

async function leftBehind() {
  const monitor = new PerformanceMonitor();
  const forever = summary({});
  return garbage(
    'performance monitor, garbage of a value recorded',
    [
      { name: 'one clock read', role: 'floor', call: () => performance.now() },
      { name: 'breakwater record', role: 'ours', call: (i) => monitor.record('db.query_ms', value(i)) },
      { name: 'prom-client Summary observe', role: 'peer', call: (i) => forever.observe(value(i)) },
    ],
    { mostBytes: 320, text: 'at most 320 B, nearly all of it the loop that awaits, and the number of the clock' },
  );
}

/** All groups; `true` when every budget is met. */
export async function performanceMonitorBench() {
  const met = [await windowed(), await withoutEnd(), await reading(), await leftBehind()];
  return met.every(Boolean);
}
