import type { Component } from '../../core/component.js';
import { InvalidArgumentError } from '../../core/errors.js';
import { describe, hasMethod } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { ComponentMetrics } from './component-metrics.js';
import { SECURITY_KINDS, type Shown } from './engine.js';
import { EventLog } from './event-log.js';
import { type ObserveOptions, parseObserveOptions, type ParsedObserveOptions } from './options.js';
import { share } from './taps.js';

/**
 * Shows components to a logger and to metrics: each event becomes a line, and at every scrape there are the component's
 * values, its health and exact counts of its events. It needs nothing but what {@link Component} says, so one of your own
 * is observed the same way. Nothing that a component, the logger or the metrics throw gets any further than to
 * `onListenerError`.
 *
 * A component that is observed twice with the same logger or metrics is told of once; it stays observed until both have
 * stopped.
 *
 * @param component - one component or several.
 * @returns stops it; calling it twice does nothing.
 * @throws {@link InvalidArgumentError} when something is no component.
 * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible, or when there is neither a
 * logger nor metrics.
 *
 * @example
 * const stop = observe([breaker, limiter, health], { logger, metrics });
 */
export function observe(component: Component | readonly Component[], options: ObserveOptions): () => void {
  const several = Array.isArray(component);
  const parts = (several ? component : [component]) as readonly unknown[];
  const components = parts.map((part, i) => checked(part, several ? `observe: component ${String(i + 1)}` : 'observe'));
  const parsed = parseObserveOptions(options);
  const stops = components.flatMap((one) => observeOne(one.component, one.shown, parsed));
  return () => {
    for (const stop of stops) stop();
  };
}

function observeOne(component: Component, shown: Shown, options: ParsedObserveOptions): (() => void)[] {
  const { logger, metrics, clock, maxLinesPerSecond, onListenerError } = options;
  const reporter = new Reporter(`observe ${shown.kind} '${shown.name}'`, clock, onListenerError);
  const security = options.security ?? SECURITY_KINDS.includes(shown.kind);
  const stops: (() => void)[] = [];
  if (logger !== undefined) {
    const open = (): EventLog =>
      new EventLog(component, shown, logger, { security, maxLinesPerSecond, now: steady(clock), reporter });
    const settings = `security: ${String(security)}, maxLinesPerSecond: ${String(maxLinesPerSecond)}`;
    const differs = (first: string): void => {
      reporter.warn('BREAKWATER_W_OBSERVED_TWICE', `this logger has its events already, with ${first}, which stays`);
    };
    stops.push(share(component, logger, settings, open, differs));
  }
  if (metrics !== undefined) {
    const open = (): ComponentMetrics => new ComponentMetrics(component, shown, metrics, reporter);
    stops.push(share(component, metrics, '', open, () => undefined));
  }
  return stops;
}

function checked(value: unknown, where: string): { readonly component: Component; readonly shown: Shown } {
  try {
    const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
    if (typeof kind === 'string' && typeof name === 'string' && kind !== '' && name !== '') {
      const complete = hasMethod(value, 'snapshot') && hasMethod(value, 'subscribe');
      const shown = { kind: redactName(kind, LONGEST_NAME), name: redactName(name, LONGEST_NAME) };
      if (complete) return { component: value as unknown as Component, shown };
    }
  } catch {
    // What cannot be read is no component.
  }
  throw new InvalidArgumentError(
    `${where}: expected a component with kind, name, snapshot() and subscribe(), got ${describe(value)}`,
  );
}

const LONGEST_NAME = 200;
