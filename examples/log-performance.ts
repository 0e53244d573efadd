const table = new Map([['EUR', 1.09]]);
// #region basic
import { type EventLogger, PerformanceMonitor, timed } from 'breakwater/observability';

// Anything with `event`; a StructuredLogger is one.
const logger: EventLogger = { event: (type, message, fields) => console.log(type, message, fields) };
const monitor = new PerformanceMonitor();

// Told of when it takes more than 200 ms, and when it fails; the monitor hears of every call.
const latest = timed(fetchRate, { name: 'rates.latest', logger, monitor, slowMs: 200 });
const rate = await latest('EUR');
// #endregion basic
console.log(rate, monitor.stats('rates.latest'));

await latest('ABC').catch((error: unknown) => console.log(String(error)));

async function fetchRate(currency: string): Promise<number> {
  await Promise.resolve();
  const found = table.get(currency);
  if (found === undefined) throw new Error(`no rate for ${currency}`);
  return found;
}
