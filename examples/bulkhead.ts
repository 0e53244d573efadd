// #region basic
import { isBreakwaterError } from 'breakwater/core';
import { Bulkhead } from 'breakwater/resilience';

// Two at once, one in the queue, and nobody waits longer than 100 ms.
const reports = new Bulkhead({ name: 'reports', maxConcurrent: 2, maxQueued: 1, maxWaitMs: 100 });

async function report(id: number): Promise<string> {
  try {
    return await reports.execute(() => renderReport(id));
  } catch (error) {
    if (isBreakwaterError(error, 'BREAKWATER_BULKHEAD_FULL')) return `${String(id)}: refused at once`;
    if (isBreakwaterError(error, 'BREAKWATER_BULKHEAD_TIMEOUT')) return `${String(id)}: waited in vain`;
    throw error;
  }
}
// #endregion basic

/** Something that takes its time. */
function renderReport(id: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, 30, `${String(id)}: rendered`));
}

const all = Promise.all([1, 2, 3, 4].map(report));
const { running, queued, rejected } = reports.snapshot();
console.log({ running, queued, rejected });
for (const line of await all) console.log(line);

// #region pipeline
import { bulkhead, pipeline, timeout } from 'breakwater/resilience';

// The limit stands around the bulkhead: a slot is taken for as long as its operation really runs.
const queries = pipeline(timeout(1_000), bulkhead({ name: 'queries', maxConcurrent: 10 }));
// #endregion pipeline
console.log(await queries.execute(() => 'answered'));
