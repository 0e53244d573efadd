import { Counter as NextCounter, Histogram as NextHistogram, Registry as NextRegistry } from '@prometheus-io/client';
import { Counter as PromCounter, Histogram as PromHistogram, Registry as PromRegistry } from 'prom-client';
import { contentType, MetricsCollector } from '../dist/metrics.js';
import { setImmediate } from 'node:timers';
import { compare, garbage, judged, repeated } from './harness.js';

const SMOKE = process.argv.includes('--smoke');
const SERIES = SMOKE ? 500 : 10_000;
const LABELS = ['method', 'route', 'status'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const STATUSES = ['200', '201', '404', '500'];
const help = 'How long requests took.';

/** Sets of labels, as requests bring them: each a new object, its texts made anew. */
function broughtLabels(count) {
  return Array.from({ length: count }, (_, i) => ({
    method: METHODS[i % 4],
    route: `/api/v1/things/${String(i >> 4)}`,
    status: STATUSES[(i >> 2) % 4],
  }));
}

const few = broughtLabels(48);
const label = (i) => few[i % few.length];
const value = (i) => (i % 100) / 10;

function contestants() {
  const metrics = new MetricsCollector();
  const counter = metrics.counter('jobs_total', { help, labels: LABELS });
  const plain = metrics.counter('plain_total', { help });
  const histogram = metrics.histogram('took_seconds', { help, labels: LABELS });
  const peer = (Counter, Histogram, Registry) => {
    const registers = [new Registry()];
    return {
      counter: new Counter({ name: 'jobs_total', help, labelNames: LABELS, registers }),
      plain: new Counter({ name: 'plain_total', help, registers }),
      histogram: new Histogram({ name: 'took_seconds', help, labelNames: LABELS, registers }),
    };
  };
  return {
    ours: { counter, plain, histogram },
    prom: peer(PromCounter, PromHistogram, PromRegistry),
    next: peer(NextCounter, NextHistogram, NextRegistry),
  };
}

/** What no histogram can do without: look through the bounds, count, add. */
function floor() {
  const bounds = Float64Array.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
  const cells = new Float64Array(16);
  return (i) => {
    const v = value(i);
    let at = 0;
    while (at < 14 && v > bounds[at]) at++;
    cells[at]++;
    cells[15] += v;
  };
}

function three(title, { ours, prom, next }, mostNs) {
  return compare(
    title,
    [
      { name: 'find the bound, count and add', role: 'floor', calls: 1_000, run: repeated(floor()) },
      { name: 'breakwater', role: 'ours', calls: 1_000, run: repeated(ours) },
      { name: 'prom-client 15', role: 'peer', calls: 1_000, run: repeated(prom) },
      { name: '@prometheus-io/client 0.16', role: 'peer', calls: 1_000, run: repeated(next) },
    ],
    mostNs === undefined
      ? undefined
      : { mostNs, beatsPeers: true, text: `at most ${String(mostNs)} ns, and below every peer` },
  );
}

async function hotPaths() {
  const { ours, prom, next } = contestants();
  const [bound, promBound, nextBound] = [
    ours.histogram.bind(label(0)),
    prom.histogram.labels(label(0)),
    next.histogram.labels(label(0)),
  ];
  const met = [
    await three(
      'metrics, observe, bound',
      {
        ours: (i) => bound.observe(value(i)),
        prom: (i) => promBound.observe(value(i)),
        next: (i) => nextBound.observe(value(i)),
      },
      40,
    ),
    await three(
      'metrics, observe with three labels, 48 series',
      {
        ours: (i) => ours.histogram.observe(label(i), value(i)),
        prom: (i) => prom.histogram.observe(label(i), value(i)),
        next: (i) => next.histogram.observe(label(i), value(i)),
      },
      120,
    ),
    await three('metrics, counter with three labels, 48 series', {
      ours: (i) => ours.counter.inc(label(i)),
      prom: (i) => prom.counter.inc(label(i)),
      next: (i) => next.counter.inc(label(i)),
    }),
    await three('metrics, counter without labels', {
      ours: () => ours.plain.inc(),
      prom: () => prom.plain.inc(),
      next: () => next.plain.inc(),
    }),
    await garbage(
      'metrics, garbage of 1,000 values',
      [
        { name: 'no call', role: 'floor', call: repeated(() => undefined) },
        {
          name: 'prom-client 15, observe with labels',
          role: 'peer',
          call: repeated((i) => prom.histogram.observe(label(i), value(i))),
        },
        { name: 'breakwater, bound', role: 'ours', call: repeated((i) => bound.observe(value(i))) },
        {
          name: 'breakwater, observe with labels',
          role: 'ours',
          call: repeated((i) => ours.histogram.observe(label(i), value(i))),
        },
      ],
      { mostBytes: 1_000, text: 'at most 1 B a value, which is what the look itself leaves' },
    ),
  ];
  return met.every(Boolean);
}

/** The longest that nothing else could run, in ms, while `work` was done; and how long all of it took. */
async function blocked(work) {
  let [longest, last, running] = [0, performance.now(), true];
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(look);
  };
  await new Promise((resolve) => setImmediate(resolve));
  last = performance.now();
  setImmediate(look);
  const start = performance.now();
  const bytes = await work();
  const all = performance.now() - start;
  await new Promise((resolve) => setImmediate(resolve));
  running = false;
  return { all, longest, bytes };
}

async function scrapes() {
  const metrics = new MetricsCollector({ maxSeriesPerMetric: SERIES });
  const histogram = metrics.histogram('took_seconds', { help, labels: LABELS });
  const prom = new PromRegistry();
  const peer = new PromHistogram({ name: 'took_seconds', help, labelNames: LABELS, registers: [prom] });
  for (const [i, labels] of broughtLabels(SERIES).entries()) {
    histogram.observe(labels, value(i));
    peer.observe(labels, value(i));
  }
  const ours = async () => {
    let bytes = 0;
    for await (const chunk of metrics.stream('prometheus')) bytes += chunk.length;
    return bytes;
  };
  const theirs = async () => (await prom.metrics()).length;
  console.log(`\nmetrics, scrape of ${String(SERIES)} histogram series (${contentType('prometheus')})`);
  const best = { ours: { all: Infinity, longest: Infinity }, theirs: { all: Infinity, longest: Infinity } };
  const show = (name, { all, longest, bytes }) => {
    const size = bytes === undefined ? '' : `  ${(bytes / 1e6).toFixed(1)} MB`;
    console.log(
      `  ${name.padEnd(28)} ${all.toFixed(1).padStart(7)} ms in all, longest block ${longest.toFixed(1)} ms${size}`,
    );
  };
  show('breakwater stream, cold', await blocked(ours));
  show('prom-client 15, cold', await blocked(theirs));
  for (let round = 0; round < (SMOKE ? 1 : 15); round++) {
    for (const [name, work] of [
      ['ours', ours],
      ['theirs', theirs],
    ]) {
      globalThis.gc?.();
      const { all, longest } = await blocked(work);
      best[name] = { all: Math.min(best[name].all, all), longest: Math.min(best[name].longest, longest) };
    }
  }
  show('breakwater stream, warm', best.ours);
  show('prom-client 15, warm', best.theirs);
  return judged('at most 60 ms in all, longest block at most 5 ms', best.ours.all <= 60 && best.ours.longest <= 5);
}

/** All groups; `true` when every budget is met. */
export async function metricsBench() {
  const met = [await hotPaths(), await scrapes()];
  return met.every(Boolean);
}
