import { AbuseDetector, SharedAbuseDetector } from 'breakwater/abuse-detector';
import { ConfigValidator, LiveConfig } from 'breakwater/config';
import type { Component } from 'breakwater/core';
import { DDoSProtection, SharedDDoSProtection } from 'breakwater/ddos-protection';
import { DeploymentChecker } from 'breakwater/deployment';
import { ErrorRecoveryService, GracefulDegradation } from 'breakwater/error-recovery';
import { HealthCheckService, LivenessServer } from 'breakwater/health';
import { createHardening } from 'breakwater/http';
import { ApplicationLifecycle } from 'breakwater/lifecycle';
import { StructuredLogger } from 'breakwater/logger';
import { MetricsCollector, PerformanceMonitor } from 'breakwater/metrics';
import { PerUserRateLimiter, RateLimiter, SharedPerUserRateLimiter } from 'breakwater/rate-limiter';
import {
  Bulkhead,
  CircuitBreaker,
  CircuitBreakerRegistry,
  deadline,
  fallback,
  hedge,
  pipeline,
  retry,
  timeout,
} from 'breakwater/resilience';
import { createMemoryStore, ManualClock } from 'breakwater/testing';
import { ask } from '../../http/exchange.js';

const nowhere = { write: () => true };

/** One of each part that the library has, on one clock, and a store that can be lost. */
export function everyPart(name = 'main', clock = new ManualClock({ now: 1_000, wallNow: 1_700_000_000_000 })) {
  const inner = createMemoryStore({ clock });
  const state = { lost: false };
  const gone = () => Promise.reject(new Error('redis://user:hunter2secret@10.0.0.1 is away'));
  const through =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      state.lost ? gone() : call.apply(inner, args);
  const store = {
    take: through(inner.take),
    count: through(inner.count),
    record: through(inner.record),
    mark: through(inner.mark),
    changes: through(inner.changes),
    clear: through(inner.clear),
  };
  const o = { name, clock };
  const breaker = new CircuitBreaker({ ...o, failureThreshold: 2 });
  const parts = {
    breaker,
    registry: new CircuitBreakerRegistry({
      ...o,
      name: `${name}-registry`,
      maxEntries: 20,
      defaults: { failureThreshold: 1 },
    }),
    retry: retry({ ...o, maxAttempts: 2, baseDelayMs: 0, retryIf: () => true }),
    timeout: timeout(1_000, o),
    deadline: deadline(1_000, { ...o, name: `${name}-deadline` }),
    bulkhead: new Bulkhead({ ...o, maxConcurrent: 1 }),
    fallback: fallback(() => 'instead', o),
    hedge: hedge({ ...o, delayMs: 10 }),
    pipeline: pipeline(
      retry({ ...o, name: `${name}-inside` }),
      new CircuitBreaker({ ...o, name: `${name}-inside` }),
    ) as Component,
    recovery: new ErrorRecoveryService({ ...o, maxServices: 20 }),
    degradation: new GracefulDegradation(o),
    limiter: new RateLimiter({ ...o, capacity: 1, refillPerSecond: 1 }),
    perUser: new PerUserRateLimiter({ ...o, name: `${name}-user`, capacity: 1, refillPerSecond: 1, maxKeys: 100 }),
    sharedPerUser: new SharedPerUserRateLimiter({
      ...o,
      name: `${name}-shared`,
      capacity: 2,
      refillPerSecond: 1,
      store,
      instances: 2,
    }),
    abuse: new AbuseDetector({ ...o, threshold: 2, maxSubjects: 100 }),
    sharedAbuse: new SharedAbuseDetector({ ...o, name: `${name}-shared`, threshold: 2, store, onStoreError: 'allow' }),
    ddos: new DDoSProtection({ ...o, threshold: 2, maxAddresses: 100 }),
    sharedDDoS: new SharedDDoSProtection({ ...o, name: `${name}-shared`, threshold: 2, store, instances: 2 }),
    health: new HealthCheckService(o),
    liveness: new LivenessServer({ ...o, port: 9_000 }),
    collector: new MetricsCollector(o),
    monitor: new PerformanceMonitor(o),
    log: new StructuredLogger({ ...o, destination: nowhere, securityDestination: nowhere }),
    hardening: createHardening({ ...o, health: false, ddos: { threshold: 2 } }),
    lifecycle: new ApplicationLifecycle({ ...o, signals: [], fatalErrors: [], exit: () => undefined }),
    deployment: new DeploymentChecker({ ...o, env: ['SET', 'MISSING'], environment: { SET: '1' } }),
    live: new LiveConfig(new ConfigValidator({ env: everChanging() }).register('LIMIT', 'int', { required: true }), o),
  };
  parts.health.register('database', () => true, { critical: true });
  parts.health.watch(breaker);
  parts.degradation.register('search');
  return { clock, parts, all: Object.values(parts) as readonly Component[], state };
}

/** An environment that is another one each time, and every third time a wrong one. */
function everChanging(): Readonly<Record<string, string>> {
  let reads = 0;
  return {
    get LIMIT() {
      return ++reads % 3 === 0 ? 'none' : String(reads);
    },
  };
}

type Parts = ReturnType<typeof everyPart>['parts'];
const fails = (): Promise<never> => Promise.reject(new Error('down, password=hunter2secret'));
const quiet = async (call: () => unknown): Promise<void> => {
  try {
    await call();
  } catch {
    // Refused or failed, as it should be.
  }
};

/** Uses each part for one client or key, so that it tells of what it can tell. */
export async function useAll(parts: Parts, key: string, address: string, clock: ManualClock): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await quiet(() => parts.breaker.execute(fails));
    await quiet(() => parts.registry.for(key).execute(fails));
    await quiet(() => parts.recovery.execute(key, fails, { retry: false, breaker: { failureThreshold: 2 } }));
    parts.limiter.tryAcquire();
    parts.perUser.check(key);
    await Promise.all([
      quiet(() => parts.sharedPerUser.check(key)),
      quiet(() => parts.sharedAbuse.record(key, 'login-failed')),
      quiet(() => parts.sharedDDoS.check(address)),
      clock.advanceAsync(1),
    ]);
    parts.abuse.record(key, 'login-failed');
    parts.ddos.check(address);
    (await ask(parts.hardening, `/of/${key}`, { address })).end();
  }
  for (let i = 0; i < 3; i++) parts.live.reload();
  await parts.deployment.runAllChecks();
  await parts.lifecycle.start();
  await quiet(() => parts.retry.execute(() => 'fine'));
  await quiet(() => parts.fallback.execute(fails));
  await quiet(() => parts.hedge.execute(() => 'fine'));
  parts.degradation.degrade('search', { reason: `asked by ${key}` });
  await parts.health.check();
  parts.monitor.record('db_ms', 3);
  parts.log.error('failed', new Error(`asked by ${key}`));
}

/** What tells of itself only when somebody waits. */
export async function keepWaiting(parts: Parts, clock: ManualClock): Promise<void> {
  const never = (): Promise<never> => new Promise(() => undefined);
  const calls = [
    quiet(() => parts.timeout.execute(never)),
    quiet(() => parts.deadline.execute(never)),
    quiet(() => parts.bulkhead.execute(() => 'fine')),
  ];
  void quiet(() => parts.bulkhead.execute(never));
  calls.push(quiet(() => parts.bulkhead.execute(never)));
  await clock.advanceAsync(2_000);
  await Promise.all(calls);
}
