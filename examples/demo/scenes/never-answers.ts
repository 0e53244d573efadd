import { CircuitBreaker, pipeline, slowCallRate, timeout } from 'breakwater/resilience';
import { Dependency } from '../dependency.js';
import { ms } from '../client.js';
import { type Scene, sleep } from '../stage.js';

const PER_SECOND = 200;
const SLOW_AFTER_MS = 400;
const PATIENCE_MS = 2_000;
const PLAYS_FOR_MS = 1_200;

interface Seen {
  /** Calls that reached the dependency. */
  readonly exposed: number;
  /** When the circuit opened, in ms from the start. */
  readonly openedMs: number | undefined;
}

/** The worst outage of all: connections are accepted and nothing ever comes back. */
export const neverAnswers: Scene = {
  title: 'A dependency never answers',
  main: false,
  async play(stage) {
    stage.say(
      `${String(PER_SECOND)} calls a second with a patience of ${ms(PATIENCE_MS)}; no call fails before that is over.`,
    );
    const trip = slowCallRate({ slowAfterMs: SLOW_AFTER_MS, ratio: 0.5, minimumCalls: 20 });
    const slowness = new CircuitBreaker({ name: 'by slowness', trip });
    const failures = new CircuitBreaker({ name: 'by failures' });
    const hide = stage.service.observability.show(slowness, failures);
    const bySlowness = await play(slowness);
    const byFailures = await play(failures);
    hide();
    stage.promise(
      'a breaker that counts slow calls while they run opens within 300 ms of the threshold',
      bySlowness.openedMs !== undefined && bySlowness.openedMs <= SLOW_AFTER_MS + 300,
      `opened after ${bySlowness.openedMs === undefined ? 'never' : ms(bySlowness.openedMs)}`,
    );
    const most = ((SLOW_AFTER_MS + 300) / 1_000) * PER_SECOND;
    stage.promise(
      'so that few calls are caught',
      bySlowness.exposed <= most,
      `${String(bySlowness.exposed)} calls, at most ${String(most)}`,
    );
    stage.promise(
      'one that waits for failures is still closed, and every call is caught',
      byFailures.openedMs === undefined && byFailures.exposed > 1.5 * bySlowness.exposed,
      `${String(byFailures.exposed)} calls within ${ms(PLAYS_FOR_MS)}`,
    );
  },
};

async function play(breaker: CircuitBreaker): Promise<Seen> {
  const dependency = await Dependency.start();
  dependency.mood = 'silent';
  const call = pipeline(breaker, timeout(PATIENCE_MS));
  const startedMs = performance.now();
  let openedMs: number | undefined;
  breaker.on('stateChange', ({ to }) => {
    if (to === 'OPEN') openedMs ??= performance.now() - startedMs;
  });
  const end = new AbortController();
  const calls: Promise<unknown>[] = [];
  try {
    while (performance.now() - startedMs < PLAYS_FOR_MS) {
      const due = ((performance.now() - startedMs) / 1_000) * PER_SECOND;
      while (calls.length < due) {
        calls.push(call.execute(({ signal }) => dependency.ask(signal), { signal: end.signal }).catch(() => undefined));
      }
      await sleep(4);
    }
    return { exposed: dependency.requests, openedMs };
  } finally {
    end.abort();
    await dependency.close();
    await Promise.all(calls);
  }
}
