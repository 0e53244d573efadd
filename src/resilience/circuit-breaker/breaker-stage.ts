import type { Execution, Stage } from '../execution.js';
import type { BreakerCore } from './breaker-core.js';
import { ORDINARY, REFUSED, type Ticket } from './engine.js';

const GIVEN_UP = /* @__PURE__ */ Object.freeze({ aborted: true });

/** A breaker's part in a pipeline: what `execute` does, without a promise of its own. @internal */
export class BreakerStage implements Stage {
  readonly part = 'breaker';
  readonly #core: BreakerCore;

  constructor(core: BreakerCore) {
    this.#core = core;
  }

  enter(run: Execution, level: number): boolean {
    const core = this.#core;
    let ticket: Ticket = ORDINARY;
    if (core.free) core.inFlight++;
    else {
      ticket = core.enter(new Caller(run, level));
      if (ticket === REFUSED) {
        run.outcome(level - 1, true, core.refusal());
        return false;
      }
      // Whoever was told of a transition may have given up.
      if (run.givenUp(level)) {
        core.answer('ignore', core.generation, ticket, undefined);
        run.outcome(level - 1, true, run.reasonOfCaller());
        return false;
      }
    }
    run.generation = core.generation;
    const startedAtMs = core.startedAt();
    run.ticket = startedAtMs === undefined ? ticket : new Timed(ticket, startedAtMs);
    return true;
  }

  leave(run: Execution, level: number, failed: boolean, value: unknown): void {
    const givenUp = run.givenUp(level) ? GIVEN_UP : undefined;
    const kept = run.ticket as Ticket | Timed;
    if (kept instanceof Timed) {
      this.#core.ended(failed, value, givenUp, run.generation, kept.ticket, kept.startedAtMs);
    } else this.#core.ended(failed, value, givenUp, run.generation, kept, undefined);
    run.outcome(level - 1, failed, value);
  }
}

/** A ticket with the time at which the call began, for those who asked for durations. */
class Timed {
  readonly ticket: Ticket;
  readonly startedAtMs: number;

  constructor(ticket: Ticket, startedAtMs: number) {
    this.ticket = ticket;
    this.startedAtMs = startedAtMs;
  }
}

/** Those around the breaker, for a probe that expires: it is no failure when nobody waited for it any more. */
class Caller {
  readonly #run: Execution;
  readonly #level: number;

  constructor(run: Execution, level: number) {
    this.#run = run;
    this.#level = level;
  }

  get aborted(): boolean {
    return this.#run.givenUp(this.#level);
  }
}
