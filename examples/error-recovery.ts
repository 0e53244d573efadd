// #region basic
import { ErrorRecoveryService } from 'breakwater/error-recovery';

const recovery = new ErrorRecoveryService();

async function exchangeRate(): Promise<number> {
  return recovery.execute('rates', ({ signal }) => fetchRate(signal), {
    breaker: { failureThreshold: 3, recoveryTimeoutMs: 30_000 },
    // Reading a rate twice is as good as once, so every failure may be tried again.
    retry: { maxAttempts: 2, baseDelayMs: 20 },
    fallback: () => 1.1,
  });
}

for (let i = 0; i < 3; i++) console.log(await exchangeRate());

for (const { service, calls, errors, rejections, breaker, topGroups } of recovery.summary().services) {
  console.log(service, { calls, errors, rejections, breaker });
  for (const { name, code, message, count } of topGroups) console.log(' ', count, name, code, message);
}
console.log(recovery.trend('rates').direction);
// #endregion basic

// #region record
recovery.on('trend', ({ service, to, perMinute }) => {
  console.log(`errors of ${service} are ${to}: ${String(perMinute)} a minute`);
});
for (let job = 1; job <= 5; job++) {
  recovery.recordError('jobs', new Error(`job ${String(job)} has no owner`), { job, queue: 'mail' });
}
console.log(recovery.errors('jobs').at(-1));
// #endregion record

/** A dependency that is down. */
function fetchRate(signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  return Promise.reject(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' }));
}
