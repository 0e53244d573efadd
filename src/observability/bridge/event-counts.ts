import type { ComponentEvent, MetricSample } from '../../core/component.js';
import { BoundedNames } from './bounded-names.js';
import { levelOf, type Shown } from './engine.js';

interface Count {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

/** Counts the events of a component by type and level, every one of them. @internal */
export class EventCounts {
  readonly #shown: Shown;
  readonly #types = new BoundedNames();
  readonly #counts = {
    info: new Map<string, Count>(),
    warn: new Map<string, Count>(),
    error: new Map<string, Count>(),
  };

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  add(event: ComponentEvent): void {
    const level = levelOf(event.level);
    const type = this.#types.of(event.type);
    const count = this.#counts[level].get(type);
    if (count === undefined) this.#counts[level].set(type, { labels: { ...this.#shown, type, level }, value: 1 });
    else count.value++;
  }

  samples(): MetricSample[] {
    return Object.values(this.#counts).flatMap((counts) =>
      [...counts.values()].map(({ labels, value }) => ({
        name: 'breakwater_component_events_total',
        type: 'counter',
        help: 'Transitions and refusals that a component told of, by type and level.',
        value,
        labels,
      })),
    );
  }
}
