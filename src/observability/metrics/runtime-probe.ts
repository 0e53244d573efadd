import * as hooks from 'node:perf_hooks';
import { OverlappingWindows } from './overlapping-windows.js';
import type { RuntimeProbe, RuntimeReading } from './runtime-metrics.js';

const RESOLUTION_MS = 10;
/** Prometheus comes once a minute unless it is told otherwise, and may be late. */
const WINDOW_MS = 65_000;
/** `entry.detail.kind` of a garbage collection. Source: Node's `perf_hooks.constants`. */
const KINDS: Readonly<Record<number, string>> = /* @__PURE__ */ Object.freeze({
  1: 'minor',
  4: 'major',
  8: 'incremental',
  16: 'weakcb',
});
const NS_PER_SECOND = 1e9;

/**
 * The platform's own figures: the one place that asks for them. Nothing of it keeps the process alive.
 *
 * Read off the global: importing `node:process` reads all its fields, which opens the standard streams, for 5 ms.
 * @internal
 */
export function platformProbe(wallNow: () => number, now: () => number): RuntimeProbe {
  const timing = hooks['performance'];
  const startTime = wallNow() / 1_000 - process.uptime();
  const window = () => ({
    delays: hooks.monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
    busy: timing.eventLoopUtilization(),
  });
  const both = [window(), window()] as const;
  const windows = new OverlappingWindows(now, WINDOW_MS, both, ({ delays }) => {
    delays.reset();
    return { delays, busy: timing.eventLoopUtilization() };
  });

  function loopDelay(delays: hooks.IntervalHistogram): RuntimeReading['loopDelay'] {
    if (!Number.isFinite(delays.mean)) return undefined;
    // The platform counts its own pause between two looks as well.
    const seconds = (ns: number): number => Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1_000);
    const read = {
      min: seconds(delays.min),
      max: seconds(delays.max),
      mean: seconds(delays.mean),
      stddev: delays.stddev / NS_PER_SECOND,
      p50: seconds(delays.percentile(50)),
      p90: seconds(delays.percentile(90)),
      p99: seconds(delays.percentile(99)),
    };
    return read;
  }

  return {
    read() {
      const { delay, utilization } = windows.read(({ delays, busy }) => ({
        delay: loopDelay(delays),
        utilization: timing.eventLoopUtilization(timing.eventLoopUtilization(), busy).utilization,
      }));
      const { user, system } = process.cpuUsage();
      return {
        loopDelay: delay,
        loopUtilization: Number.isFinite(utilization) ? utilization : 0,
        memory: process.memoryUsage(),
        cpu: { user: user / 1e6, system: system / 1e6 },
        startTime,
        uptime: process.uptime(),
        version: process.version,
      };
    },
    watch(collected) {
      for (const { delays } of both) delays.enable();
      const observer = new hooks.PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { kind } = (entry as { readonly detail?: { readonly kind?: number } }).detail ?? {};
          collected(KINDS[kind ?? 0] ?? 'other', entry.duration / 1_000);
        }
      });
      observer.observe({ entryTypes: ['gc'] });
      return () => {
        observer.disconnect();
        for (const { delays } of both) delays.disable();
      };
    },
  };
}
