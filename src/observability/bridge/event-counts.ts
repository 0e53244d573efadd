import type { ComponentEvent, MetricSample } from '../../core/component.js';
import { BoundedNames } from './bounded-names.js';
import { levelOf, type Shown } from './engine.js';

/** Counts the events of a component by type and level, every one of them. @internal */
export class EventCounts {
  readonly #shown: Shown;
  readonly #types = new BoundedNames();
  readonly #counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  add(event: ComponentEvent): void {
    const type = this.#types.of(event.type);
    const level = levelOf(event.level);
    const key = `${level} ${type}`;
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { labels: { ...this.#shown, type, level }, value: 1 });
    else count.value++;
  }

  samples(): MetricSample[] {
    return [...this.#counts.values()].map(({ labels, value }) => ({
      name: 'breakwater_component_events_total',
      type: 'counter',
      help: 'Transitions and refusals that a component told of, by type and level.',
      value,
      labels,
    }));
  }
}
