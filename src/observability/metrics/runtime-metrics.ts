import { InvalidArgumentError } from '../../core/errors.js';
import { isThenable, quiet } from '../../core/thenable.js';
import type { CounterFamily } from './counter.js';
import type { GaugeFamily } from './gauge.js';
import type { OwnFamily, Registry } from './registry.js';

/** What the platform says about the process at one moment. */
export interface RuntimeReading {
  /** Delay of the event loop lately, in seconds; left out when nothing was measured. */
  readonly loopDelay?:
    | {
        readonly min: number;
        readonly max: number;
        readonly mean: number;
        readonly stddev: number;
        readonly p50: number;
        readonly p90: number;
        readonly p99: number;
      }
    | undefined;
  /** Share of the time lately in which the event loop was busy, 0 to 1. */
  readonly loopUtilization: number;
  /** Bytes. */
  readonly memory: {
    readonly rss: number;
    readonly heapTotal: number;
    readonly heapUsed: number;
    readonly external: number;
    readonly arrayBuffers: number;
  };
  /** Seconds of CPU since the start, in user and in system mode. */
  readonly cpu: { readonly user: number; readonly system: number };
  /** When the process started, in seconds since the Unix epoch. */
  readonly startTime: number;
  /** For how long it has been running, in seconds. */
  readonly uptime: number;
  /** Such as `v20.19.0`. */
  readonly version: string;
}

/** Where the process's own figures come from; the platform's own, unless a test gives one. */
export interface RuntimeProbe {
  /** Everything that is read for a scrape. */
  read(): RuntimeReading;
  /**
   * Calls `collected` for each garbage collection, until the returned function is called.
   *
   * @param collected - takes the kind (`major`, `minor`, `incremental`, `weakcb`) and the seconds.
   */
  watch(collected: (kind: string, seconds: number) => void): () => void;
}

interface Growing {
  readonly counter: CounterFamily;
  last: number;
}

const GC_BUCKETS = /* @__PURE__ */ Object.freeze([0.001, 0.01, 0.1, 1, 2, 5]);
const LAGS = [
  ['nodejs_eventloop_lag_seconds', 'mean', 'Mean delay of the event loop.'],
  ['nodejs_eventloop_lag_min_seconds', 'min', 'Least delay of the event loop.'],
  ['nodejs_eventloop_lag_max_seconds', 'max', 'Most delay of the event loop.'],
  ['nodejs_eventloop_lag_mean_seconds', 'mean', 'Mean delay of the event loop.'],
  ['nodejs_eventloop_lag_stddev_seconds', 'stddev', 'Standard deviation of the delays of the event loop.'],
  ['nodejs_eventloop_lag_p50_seconds', 'p50', 'Half of the delays of the event loop were shorter.'],
  ['nodejs_eventloop_lag_p90_seconds', 'p90', 'Nine of ten delays of the event loop were shorter.'],
  ['nodejs_eventloop_lag_p99_seconds', 'p99', '99 of 100 delays of the event loop were shorter.'],
] as const;

/**
 * Makes the process's own metrics, under the names that dashboards know.
 *
 * @param failed - told of what the probe throws, or rejects with, when it begins or ends to watch.
 * @returns what reads them for a scrape, and what ends it all.
 * @internal
 */
export function runtimeMetrics(
  registry: Registry,
  probe: RuntimeProbe,
  failed: (error: unknown) => void,
): { read(): void; end(): void } {
  const made: OwnFamily[] = [];
  const keep = <F extends OwnFamily>(family: F): F => {
    made.push(family);
    return family;
  };
  const gauge = (name: string, help: string, labels: readonly string[] = []): GaugeFamily =>
    keep(registry.gauge({ name, help, labels }));
  const counter = (name: string, help: string): CounterFamily => keep(registry.counter({ name, help, labels: [] }));
  const lags = LAGS.map(([name, key, help]) => ({ gauge: gauge(name, help), key }));
  const utilization = gauge('nodejs_eventloop_utilization', 'Share of the time that the event loop was busy.');
  const rss = gauge('process_resident_memory_bytes', 'Resident memory size in bytes.');
  const heapTotal = gauge('nodejs_heap_size_total_bytes', 'Size of the heap in bytes.');
  const heapUsed = gauge('nodejs_heap_size_used_bytes', 'Used size of the heap in bytes.');
  const external = gauge('nodejs_external_memory_bytes', 'Memory outside the heap in bytes.');
  const buffers = gauge('nodejs_array_buffers_bytes', 'Memory of array buffers in bytes.');
  const started = gauge('process_start_time_seconds', 'Start of the process in seconds since the epoch.');
  const uptime = gauge('process_uptime_seconds', 'For how long the process has been running.');
  const version = gauge('nodejs_version_info', 'Version of Node.js.', ['version', 'major', 'minor', 'patch']);
  const gc = keep(
    registry.histogram({
      name: 'nodejs_gc_duration_seconds',
      help: 'Garbage collections by kind.',
      labels: ['kind'],
      bounds: GC_BUCKETS,
    }),
  );
  const cpu = [
    { counter: counter('process_cpu_user_seconds_total', 'CPU time in user mode.'), last: 0 },
    { counter: counter('process_cpu_system_seconds_total', 'CPU time in system mode.'), last: 0 },
    { counter: counter('process_cpu_seconds_total', 'CPU time in all.'), last: 0 },
  ] satisfies Growing[];
  const grow = (entry: Growing, total: number): void => {
    // Only what was added since: a counter may have been reset.
    if (total > entry.last) entry.counter.inc(total - entry.last);
    entry.last = Math.max(entry.last, total);
  };
  const harmless = (act: () => unknown): unknown => {
    try {
      const answer = act();
      quiet(answer, failed);
      return answer;
    } catch (error) {
      failed(error);
      return undefined;
    }
  };
  const end = harmless(() =>
    probe.watch((kind, seconds) => {
      gc.observe({ kind }, seconds);
    }),
  );
  return {
    read() {
      const now = probe.read();
      if (isThenable(now)) {
        quiet(now);
        throw new InvalidArgumentError('runtime.read must answer at once, with figures, got a promise');
      }
      const delay = now.loopDelay;
      if (delay !== undefined) for (const { gauge, key } of lags) gauge.set(delay[key]);
      utilization.set(now.loopUtilization);
      rss.set(now.memory.rss);
      heapTotal.set(now.memory.heapTotal);
      heapUsed.set(now.memory.heapUsed);
      external.set(now.memory.external);
      buffers.set(now.memory.arrayBuffers);
      started.set(now.startTime);
      uptime.set(now.uptime);
      const { user, system } = now.cpu;
      for (const [i, total] of [user, system, user + system].entries()) grow(cpu[i] as Growing, total);
      const [major = '', minor = '', patch = ''] = now.version.replace(/^v/, '').split('.');
      version.set({ version: now.version, major, minor, patch }, 1);
    },
    end() {
      if (typeof end === 'function') harmless(end as () => unknown);
      // Nobody reads them any more, and what they had last would stand there for ever.
      for (const family of made) registry.forget(family);
    },
  };
}
