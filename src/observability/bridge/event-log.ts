import type { Component, ComponentEvent } from '../../core/component.js';
import type { Reporter } from '../../core/reporter.js';
import { BoundedNames } from './bounded-names.js';
import { eventTypeOf, fieldsOf, levelOf, messageOf, type Shown } from './engine.js';
import { LineBudget } from './line-budget.js';
import { listen } from './listen.js';
import type { ObserveLogger } from './options.js';
import type { Tap } from './taps.js';

/** What an {@link EventLog} goes by. @internal */
export interface EventLogSettings {
  readonly security: boolean;
  readonly maxLinesPerSecond: number;
  /** Time that never goes back. */
  readonly now: () => number;
  readonly reporter: Reporter;
}

/** Writes a line for each event of a component, but no more of them than a log can take. @internal */
export class EventLog implements Tap {
  readonly #shown: Shown;
  readonly #logger: ObserveLogger;
  readonly #settings: EventLogSettings;
  readonly #types = new BoundedNames();
  readonly #budget: LineBudget;
  readonly #stop: () => void;

  constructor(component: Component, shown: Shown, logger: ObserveLogger, settings: EventLogSettings) {
    this.#shown = shown;
    this.#logger = logger;
    this.#settings = settings;
    this.#budget = new LineBudget(settings.maxLinesPerSecond);
    this.#stop = listen(component, settings.reporter, (event) => {
      this.#write(event);
    });
  }

  stop(): void {
    this.#stop();
  }

  #write(event: ComponentEvent): void {
    const { security, now, reporter } = this.#settings;
    const type = this.#types.of(event.type);
    const level = levelOf(event.level);
    // A flood of refusals must leave room for the error of the same type.
    const suppressed = this.#budget.take(level === 'error' ? `error ${type}` : type, now());
    if (suppressed === undefined) return;
    const fields = fieldsOf(this.#shown, type, level, suppressed, event.data);
    const kind = eventTypeOf(level, security);
    const message = messageOf(this.#shown, type);
    // A warning of the system is no mere information; security events are warnings anyway.
    reporter.watch(
      level === 'warn' && kind === 'SYSTEM_EVENT'
        ? this.#logger.event(kind, message, fields, { level })
        : this.#logger.event(kind, message, fields),
    );
  }
}
