import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import Opossum from 'opossum';
import { CircuitBreaker, pipeline, retry, timeout } from '../dist/resilience.js';
import { compare, garbage, sequential } from './harness.js';

const CALLS = 1_000;
const succeed = async () => 1;
const readSignal = async ({ signal }) => (signal.aborted ? 0 : 1);

/** Everything around one call that one would have in front of a dependency. */
export async function pipelineBench() {
  const ours = pipeline(retry(), new CircuitBreaker(), timeout(1_000));
  const alone = { retry: retry(), timeout: timeout(1_000) };
  const cockatiel = wrap(
    cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) }),
    cockatielTimeout(1_000, TimeoutStrategy.Aggressive),
  );
  const opossum = new Opossum(succeed, { timeout: 1_000 });
  const cases = [
    { name: 'bare await', role: 'floor', call: succeed },
    { name: 'breakwater retry + breaker + timeout', role: 'ours', call: () => ours.execute(succeed) },
    { name: 'breakwater retry alone', role: 'also', call: () => alone.retry.execute(succeed) },
    { name: 'breakwater timeout alone', role: 'also', call: () => alone.timeout.execute(succeed) },
    { name: 'breakwater all, the signal is read', role: 'also', call: () => ours.execute(readSignal) },
    { name: 'cockatiel retry + breaker + timeout', role: 'peer', call: () => cockatiel.execute(succeed) },
    { name: 'opossum breaker + timeout, no retry', role: 'peer', call: () => opossum.fire() },
  ];
  const fast = await compare(
    'retry + breaker + timeout, success',
    cases.map(({ call, ...one }) => ({ ...one, calls: CALLS, run: sequential(call) })),
    { overFloorNs: 600, beatsPeers: true, text: 'at most 600 ns over bare await, faster than every peer' },
  );
  const lean = await garbage('retry + breaker + timeout, garbage of one success', cases, {
    mostBytes: 900,
    text: 'at most 900 B',
  });
  opossum.shutdown();
  return fast && lean;
}
