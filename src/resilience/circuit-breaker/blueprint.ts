import { Reporter } from '../../core/reporter.js';
import { SteadyTime } from '../../core/steady.js';
import type { CircuitSettings } from './engine.js';
import { circuitSettings, type ParsedCircuitBreakerOptions } from './options.js';

/** What breakers with the same options share: a hundred thousand of them must not cost more than their counts. @internal */
export class Blueprint {
  readonly options: ParsedCircuitBreakerOptions;
  readonly rules: CircuitSettings;
  readonly reporter: Reporter;
  /** Whether every outcome is booked with its time. */
  readonly timed: boolean;
  readonly shadow: boolean;
  // Made when it is first needed: most calls ask for no time.
  #time: SteadyTime | undefined;

  constructor(options: ParsedCircuitBreakerOptions, reporter?: Reporter) {
    this.options = options;
    this.reporter =
      reporter ?? new Reporter(`CircuitBreaker '${options.name}'`, options.clock, options.onListenerError);
    this.rules = circuitSettings(options, this.reporter);
    this.timed = this.rules.tracking || this.rules.rates.some(({ lastCalls }) => lastCalls === undefined);
    this.shadow = options.mode === 'shadow';
  }

  /** The time in ms, never less than before. */
  now(): number {
    return (this.#time ??= new SteadyTime(this.options.clock)).now();
  }
}
