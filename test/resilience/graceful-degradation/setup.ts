import type { Component, ComponentEvent } from 'breakwater/core';
import { ManualClock } from 'breakwater/testing';
import {
  type FeatureDegraded,
  type FeatureRecovered,
  GracefulDegradation,
  type GracefulDegradationOptions,
} from 'breakwater/error-recovery';

/** A degradation on a clock of its own, with a feature 'search', and everything that it tells. */
export function setup(options: GracefulDegradationOptions = {}) {
  const clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 });
  const reported: unknown[] = [];
  const degradation = new GracefulDegradation({
    clock,
    minDwellMs: 0,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  degradation.register('search', { levels: ['full', 'cached', 'off'] });
  const told: (FeatureDegraded | FeatureRecovered)[] = [];
  degradation.on('degraded', (event) => told.push(event));
  degradation.on('recovered', (event) => told.push(event));
  const of = (feature = 'search') => {
    const found = degradation.status().features.find((report) => report.feature === feature);
    if (found === undefined) throw new Error(`no feature ${feature}`);
    return found;
  };
  const level = (feature?: string): string => of(feature).level;
  return { degradation, clock, reported, told, of, level };
}

/** A component that is as well as it is told to be. */
export class Ailing implements Component {
  readonly kind = 'part';
  readonly name: string;
  status: 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY' = 'HEALTHY';
  message: string | undefined;
  asked = 0;
  readonly listeners = new Set<(event: ComponentEvent) => void>();

  constructor(name = 'a') {
    this.name = name;
  }

  snapshot(): object {
    return {};
  }

  subscribe(listener: (event: ComponentEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  health() {
    this.asked++;
    return { status: this.status, ...(this.message === undefined ? {} : { message: this.message }) };
  }

  tell(): void {
    for (const listener of this.listeners) listener({ type: 'stateChange', level: 'info', data: {} });
  }
}
