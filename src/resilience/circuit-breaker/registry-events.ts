import type { ComponentEvent } from '../../core/component.js';
import type { Emitter } from '../../core/emitter.js';
import { type CircuitStateChange, stateChangeAsJson } from './events.js';

/** A registry had no room: every breaker is open, busy or listened to, and a new key is let through unguarded. */
export interface RegistryPressure {
  /** Name of the registry. */
  readonly registry: string;
  readonly size: number;
  readonly maxEntries: number;
  /** Times that somebody got a breaker that guards nothing, up to now. */
  readonly passedThrough: number;
}

/** A registry let a breaker go. */
export interface RegistryEviction {
  /** Name of the registry. */
  readonly registry: string;
  readonly key: string;
  /** `'idle'`: nobody used it for `idleMs`; `'full'`: a new one took its place. */
  readonly reason: 'idle' | 'full';
}

/** The events of a registry, by name. */
export interface CircuitBreakerRegistryEvents {
  stateChange: CircuitStateChange;
  pressure: RegistryPressure;
  evicted: RegistryEviction;
}

/** Passes transitions and pressure on as plain JSON; the returned function stops that. @internal */
export function tellRegistryAsJson(
  events: Emitter<CircuitBreakerRegistryEvents>,
  listener: (event: ComponentEvent) => void,
): () => void {
  const stops = [
    events.on('stateChange', (change) => listener(stateChangeAsJson(change))),
    events.on('pressure', (data) => listener({ type: 'pressure', level: 'warn', data })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
