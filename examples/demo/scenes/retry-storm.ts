import { type Policy, retry, RetryBudget } from 'breakwater/resilience';
import { Dependency } from '../dependency.js';
import type { Scene } from '../stage.js';

const CALLS = 200;
const ATTEMPTS = 3;
const BURST = 10;

/** Retries are for one call that was unlucky; when everything fails they only multiply the load. */
export const retryStorm: Scene = {
  title: 'A retry storm',
  main: false,
  async play(stage) {
    const dependency = await Dependency.start();
    let hide = (): void => undefined;
    try {
      const waits = { maxAttempts: ATTEMPTS, baseDelayMs: 5, maxDelayMs: 20 };
      const without = retry({ ...waits, name: 'without a budget', budget: false });
      const budget = new RetryBudget({ burst: BURST });
      const within = retry({ ...waits, name: 'within a budget', budget });
      hide = stage.service.observability.show(without, within);
      const callAll = (policy: Policy): Promise<number> =>
        dependency.reachedBy(() =>
          Promise.allSettled(
            Array.from({ length: CALLS }, () => policy.execute(({ signal }) => dependency.ask(signal))),
          ),
        );

      dependency.mood = 'failing';
      stage.say(
        `A dependency answers 503 to everything; ${String(CALLS)} calls may try ${String(ATTEMPTS)} times each.`,
      );
      const storm = await callAll(without);
      const calm = await callAll(within);
      stage.promise(
        'without a budget the outage gets three times the load',
        storm === CALLS * ATTEMPTS,
        `${String(storm)} requests for ${String(CALLS)} calls`,
      );
      stage.promise(
        'with the budget that is the default it gets the calls, and one burst of retries',
        calm === CALLS + BURST,
        `${String(calm)} requests for ${String(CALLS)} calls`,
      );

      dependency.mood = 'fine';
      const recovered = await callAll(within);
      stage.promise(
        'when it is back every call succeeds at once, and earns retries for later',
        recovered === CALLS && budget.tokens === BURST,
        `${String(recovered)} requests, ${budget.tokens.toFixed(1)} of ${String(BURST)} retries in the budget`,
      );
    } finally {
      hide();
      await dependency.close();
    }
  },
};
