// #region basic
import { PerformanceMonitor } from 'breakwater/metrics';

const monitor = new PerformanceMonitor({ name: 'api' });

monitor.record('queue.length', 12);
const rows = await monitor.time('report_ms', () => buildReport());

const stats = monitor.stats('report_ms');
if (stats !== null) console.log(`${String(rows)} rows; p95 of the last ten minutes: ${String(stats.p95)} ms`);
const oneInAThousand = monitor.quantile('report_ms', 0.999);
// #endregion basic
console.log(oneInAThousand, monitor.snapshot());

// #region merge
// In each worker, now and then: plain JSON, small enough for a message.
const exported = monitor.exportSketch('report_ms');

// In the primary: the quantiles of all workers, which no average of theirs could give.
const all = new PerformanceMonitor({ name: 'all workers' });
if (exported !== null) all.merge('report_ms', exported);
// #endregion merge
console.log(all.stats('report_ms'));

function buildReport(): Promise<number> {
  return Promise.resolve(42);
}
