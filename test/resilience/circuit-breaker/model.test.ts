import { CircuitBreaker, type Lease } from 'breakwater/circuit-breaker';
import { ManualClock } from 'breakwater/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/**
 * What a breaker should do, written to be read rather than to be fast: one record a lease, everything derived by
 * walking through all of them.
 */
class Model {
  nowMs = 0;
  state: 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'ISOLATED' | 'DISABLED' = 'CLOSED';
  era = 0;
  failures = 0;
  successes = 0;
  openUntilMs = 0;
  isolations = new Set<object>();
  disabled = false;
  readonly leases: { era: number; probe: boolean; deadlineMs: number; live: boolean }[] = [];

  constructor(readonly o: { threshold: number; breakMs: number; maxCalls: number; toClose: number; waitMs: number }) {}

  go(state: Model['state']): void {
    this.state = state;
    this.era++;
    this.failures = 0;
    this.successes = 0;
  }

  open(atMs: number): void {
    this.openUntilMs = atMs + this.o.breakMs;
    this.go('OPEN');
  }

  probes() {
    return this.leases.filter((lease) => lease.live && lease.probe && lease.era === this.era);
  }

  look(): void {
    if (this.state === 'OPEN' && this.nowMs >= this.openUntilMs) this.go('HALF_OPEN');
    if (this.state !== 'HALF_OPEN') return;
    const expired = this.probes().find((probe) => probe.deadlineMs <= this.nowMs);
    if (expired === undefined) return;
    this.open(expired.deadlineMs);
    this.look();
  }

  acquire(): boolean {
    this.look();
    if (this.state === 'OPEN' || this.state === 'ISOLATED') return false;
    if (this.state === 'HALF_OPEN' && this.probes().length >= this.o.maxCalls) return false;
    this.leases.push({
      era: this.era,
      probe: this.state === 'HALF_OPEN',
      deadlineMs: this.nowMs + this.o.waitMs,
      live: true,
    });
    return true;
  }

  settle(index: number, verdict: 'success' | 'failure' | 'ignore'): boolean {
    const lease = this.leases[index];
    if (lease?.live !== true) return false;
    if (lease.probe) this.look();
    lease.live = false;
    if (lease.era !== this.era || this.state === 'DISABLED') return false;
    if (verdict === 'success') {
      this.failures = 0;
      if (lease.probe && ++this.successes >= this.o.toClose) this.go('CLOSED');
    } else if (verdict === 'failure' && (lease.probe || ++this.failures >= this.o.threshold)) this.open(this.nowMs);
    return true;
  }

  manual(): void {
    const to = this.isolations.size > 0 ? 'ISOLATED' : this.disabled ? 'DISABLED' : 'CLOSED';
    const manual = this.state === 'ISOLATED' || this.state === 'DISABLED';
    if (to !== this.state && (to !== 'CLOSED' || manual)) this.go(to);
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('acquire' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      // Counted from the latest lease, so that both fresh and old ones are answered, some of them twice.
      back: fc.nat(7),
      verdict: fc.constantFrom('success' as const, 'failure' as const, 'failure' as const, 'ignore' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 9, 10, 11, 40, 100, 250) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('isolate' as const, 'lift' as const, 'reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('disable' as const, 'enable' as const) }) },
);

const settings = fc.record({
  threshold: fc.integer({ min: 1, max: 3 }),
  breakMs: fc.constantFrom(0, 10, 100),
  maxCalls: fc.integer({ min: 1, max: 3 }),
  toClose: fc.integer({ min: 1, max: 3 }),
  waitMs: fc.constantFrom(10, 50),
});

describe('CircuitBreaker against its model', () => {
  it('RES-H01 RES-H03 RES-H06 RES-H07 RES-H08 RES-H09 agrees after every step of random interleavings', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { minLength: 1, maxLength: 60 }), (o, steps) => {
        const clock = new ManualClock();
        const breaker = new CircuitBreaker({
          clock,
          failureThreshold: o.threshold,
          recoveryTimeoutMs: o.breakMs,
          halfOpen: { maxCalls: o.maxCalls, successesToClose: o.toClose, maxWaitMs: o.waitMs },
        });
        const model = new Model(o);
        const leases: Lease[] = [];
        const handles: [Disposable, object][] = [];
        let told = breaker.state as string;
        breaker.on('stateChange', ({ from, to }) => {
          expect(from).toBe(told);
          expect(to).not.toBe(from);
          told = to;
        });
        for (const action of steps) {
          switch (action.do) {
            case 'acquire': {
              const lease = breaker.tryAcquire();
              expect(lease !== undefined).toBe(model.acquire());
              if (lease !== undefined) leases.push(lease);
              break;
            }
            case 'settle': {
              const index = leases.length - 1 - action.back;
              const lease = leases[index];
              if (lease !== undefined) expect(lease[action.verdict]()).toBe(model.settle(index, action.verdict));
              break;
            }
            case 'wait':
              clock.advance(action.ms);
              model.nowMs += action.ms;
              break;
            case 'isolate': {
              const key = {};
              handles.push([breaker.isolate(), key]);
              model.look();
              model.isolations.add(key);
              model.manual();
              break;
            }
            case 'lift': {
              const [handle, key] = handles.shift() ?? [];
              handle?.[Symbol.dispose]();
              if (key !== undefined && model.isolations.delete(key)) model.manual();
              break;
            }
            case 'reset':
              breaker.reset();
              model.isolations.clear();
              model.disabled = false;
              model.go('CLOSED');
              break;
            case 'disable':
            case 'enable':
              breaker[action.do]();
              model.look();
              model.disabled = action.do === 'disable';
              model.manual();
              break;
          }
          model.look();
          expect(breaker.state).toBe(model.state);
          expect(told).toBe(model.state);
          expect(clock.pending).toBe(0);
          const { counts } = breaker.snapshot();
          expect(counts.probesInFlight).toBe(model.state === 'HALF_OPEN' ? model.probes().length : 0);
          if (model.state === 'CLOSED') expect(counts.consecutiveFailures).toBe(model.failures);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
