import type { Component, ComponentEvent, MetricSample } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import { observe, type ObserveOptions } from './observe.js';

/** A line that a logger was told. */
export interface Line {
  readonly type: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A component of one's own, whose events a test sends. */
export function ownPart(more: Partial<Component> & { readonly kind?: string } = {}) {
  const listeners = new Set<(event: ComponentEvent) => void>();
  const part: Component = {
    kind: 'worker',
    name: 'mail',
    snapshot: () => ({ queued: 3 }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...more,
  };
  const send = (type: string, level: ComponentEvent['level'] = 'info', data: object = {}): void => {
    for (const listener of listeners) listener({ type, level, data });
  };
  return { part, send, listeners };
}

/** A logger that keeps its lines, and metrics that can be scraped. */
export function sinks() {
  const lines: Line[] = [];
  const sources = new Set<() => Iterable<MetricSample>>();
  const logger = {
    event(type: string, message: string, fields: object = {}): unknown {
      return lines.push({ type, message, fields: fields as Line['fields'] });
    },
  };
  const metrics = {
    collectFrom(source: () => Iterable<MetricSample>) {
      sources.add(source);
      return (): void => void sources.delete(source);
    },
  };
  const scrape = (): MetricSample[] => [...sources].flatMap((source) => [...source()]);
  return { lines, sources, logger, metrics, scrape };
}

/** Everything at once, on a clock of its own. */
export function setup(more: Partial<Component> = {}, options: Partial<ObserveOptions> = {}) {
  const clock = new ManualClock({ now: 1_000 });
  const reported: unknown[] = [];
  const own = ownPart(more);
  const to = sinks();
  const given = { clock, onListenerError: (error: unknown) => reported.push(error), ...options };
  const stop = observe(own.part, { logger: to.logger, metrics: to.metrics, ...given });
  const values = (name: string) =>
    to
      .scrape()
      .filter((sample) => sample.name === name)
      .map(({ value, labels }) => [labels, value]);
  return { clock, reported, given, ...own, ...to, stop, values };
}

/** What is reported is reported in a microtask of its own. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
