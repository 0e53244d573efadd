/** What a run of the model test is about; `undefined` for what is left out. */
export interface Setting {
  readonly threshold: number | undefined;
  readonly failing: Rate | undefined;
  readonly slow: (Rate & { readonly afterMs: number }) | undefined;
  readonly breakMs: number;
  readonly factor: number;
  readonly longestBreakMs: number;
  readonly maxThrottleMs: number;
  readonly maxCalls: number;
  readonly toClose: number;
  readonly waitMs: number;
  readonly ramp: { readonly fromRatio: number; readonly overMs: number } | undefined;
  readonly shadow: boolean;
}

export interface Rate {
  readonly ratio: number;
  readonly minimum: number;
  readonly windowMs: number | undefined;
  readonly last: number | undefined;
}

export type Answer = 'success' | 'failure' | 'ignore' | { readonly throttledMs: number };

export interface Call {
  readonly atMs: number;
  readonly era: number;
  readonly kind: 'ordinary' | 'probe' | 'shadowed';
  /** Its caller gave up. */
  aborted: boolean;
  /** Nothing that it says counts any more. */
  over: boolean;
  /** The circuit has looked at it after it became slow. */
  seenSlow: boolean;
}

interface Booking {
  readonly atMs: number;
  readonly hit: boolean;
}

/**
 * What a breaker should do, written to be read rather than to be fast: every call and every booking is kept, and all
 * numbers are found by walking through them.
 */
export class Model {
  nowMs = 0;
  state: 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'ISOLATED' | 'DISABLED' = 'CLOSED';
  era = 0;
  inARow = 0;
  breaks = 0;
  openUntilMs = 0;
  probesSucceeded = 0;
  isolations = new Set<object>();
  disabled = false;
  running = 0;
  readonly counts = { successes: 0, failures: 0, ignored: 0, throttled: 0, stale: 0, rejected: 0 };
  readonly calls: Call[] = [];
  failing: Booking[] = [];
  slow: Booking[] = [];
  /** Moments at which somebody asked since the circuit closed, and how many were let through. */
  ramp: { readonly startMs: number; readonly askedAtMs: number[]; admitted: number } | undefined;

  constructor(readonly o: Setting) {}

  /** Lets a call in; `undefined` when it is refused. */
  begin(): Call | undefined {
    this.look();
    const kind = this.admit();
    if (kind === undefined) this.counts.rejected++;
    if (kind === undefined && !this.o.shadow) return undefined;
    const rest = { era: this.era, aborted: false, over: false, seenSlow: false };
    const call: Call = { atMs: this.nowMs, kind: kind ?? 'shadowed', ...rest };
    this.calls.push(call);
    this.running++;
    return call;
  }

  /** Takes what came of a call; whether it counted. */
  end(call: Call, answer: Answer): boolean {
    this.running--;
    if (this.state === 'DISABLED' || call.kind === 'shadowed') return false;
    this.look();
    const counts = call.era === this.era && !call.over;
    call.over = true;
    if (!counts) {
      this.counts.stale++;
      return false;
    }
    if (answer === 'ignore') this.counts.ignored++;
    else if (typeof answer === 'object') {
      this.counts.throttled++;
      this.open(this.nowMs, Math.min(answer.throttledMs, this.o.maxThrottleMs), this.breaks);
    } else if (call.kind === 'probe') this.probed(answer === 'failure');
    else this.counted(call, answer === 'failure');
    return true;
  }

  /** All that is due by now, each as of its moment. */
  look(): void {
    for (;;) {
      if (
        this.ramp !== undefined &&
        this.o.ramp !== undefined &&
        this.nowMs >= this.ramp.startMs + this.o.ramp.overMs
      ) {
        this.ramp = undefined;
      }
      if (this.state === 'OPEN' && this.nowMs >= this.openUntilMs) {
        this.go('HALF_OPEN');
        continue;
      }
      const due = this.current().find((call) => {
        const slowMs = this.state === 'CLOSED' ? (this.o.slow?.afterMs ?? Infinity) : Infinity;
        const limitMs = call.kind === 'probe' ? this.o.waitMs : slowMs;
        return !call.seenSlow && call.atMs + limitMs <= this.nowMs;
      });
      if (due === undefined) return;
      due.seenSlow = true;
      if (due.kind === 'probe') {
        due.over = true;
        if (!due.aborted) this.breakAt(due.atMs + this.o.waitMs);
      } else if (!due.aborted && this.o.slow !== undefined) {
        const slowAtMs = due.atMs + this.o.slow.afterMs;
        this.slow.push({ atMs: slowAtMs, hit: true });
        if (this.opens(this.slow, this.o.slow, slowAtMs)) this.breakAt(slowAtMs);
      }
    }
  }

  isolate(handle: object): void {
    this.look();
    this.isolations.add(handle);
    this.follow();
  }

  lift(handle: object): void {
    if (this.isolations.delete(handle)) this.follow();
  }

  disable(): void {
    this.look();
    this.disabled = true;
    this.follow();
  }

  enable(): void {
    this.disabled = false;
    this.follow();
  }

  reset(): void {
    this.isolations.clear();
    this.disabled = false;
    this.go('CLOSED');
  }

  /** Calls of this era that are running and tracked, in the order of their beginning. */
  current(): Call[] {
    return this.calls.filter((call) => call.era === this.era && !call.over && call.kind !== 'shadowed');
  }

  probes(): number {
    return this.current().filter((call) => call.kind === 'probe').length;
  }

  /** What a window holds at a moment. */
  window(bookings: readonly Booking[], rate: Rate, nowMs: number): { calls: number; hits: number } {
    const bucket = (ms: number): number => Math.floor(ms / ((rate.windowMs ?? 1) / 10));
    const kept =
      rate.last === undefined
        ? bookings.filter(({ atMs }) => bucket(atMs) > bucket(nowMs) - 10)
        : bookings.slice(-rate.last);
    return { calls: kept.length, hits: kept.filter(({ hit }) => hit).length };
  }

  remainingMs(): number | undefined {
    if (this.state === 'OPEN') return this.openUntilMs - this.nowMs;
    if (this.state !== 'HALF_OPEN' || this.probes() < this.o.maxCalls) return undefined;
    return Math.min(...this.current().map((call) => call.atMs + this.o.waitMs)) - this.nowMs;
  }

  private admit(): 'ordinary' | 'probe' | undefined {
    if (this.state === 'DISABLED') return 'ordinary';
    if (this.state === 'HALF_OPEN') return this.probes() < this.o.maxCalls ? 'probe' : undefined;
    if (this.state !== 'CLOSED') return undefined;
    if (this.ramp === undefined) return 'ordinary';
    this.ramp.askedAtMs.push(this.nowMs);
    const credit = this.ramp.askedAtMs.reduce((sum, ms) => sum + this.share(ms), 0) - this.ramp.admitted;
    if (credit < 1 - 1e-6) return undefined;
    this.ramp.admitted++;
    return 'ordinary';
  }

  private share(ms: number): number {
    const { fromRatio, overMs } = this.o.ramp ?? { fromRatio: 1, overMs: 1 };
    return fromRatio + ((1 - fromRatio) * (ms - (this.ramp?.startMs ?? 0))) / overMs;
  }

  private probed(failed: boolean): void {
    if (failed) {
      this.counts.failures++;
      this.breakAt(this.nowMs);
      return;
    }
    this.counts.successes++;
    if (++this.probesSucceeded < this.o.toClose) return;
    this.go('CLOSED');
    if (this.o.ramp !== undefined) this.ramp = { startMs: this.nowMs, askedAtMs: [], admitted: 0 };
  }

  private counted(call: Call, failed: boolean): void {
    this.counts[failed ? 'failures' : 'successes']++;
    this.inARow = failed ? this.inARow + 1 : 0;
    this.failing.push({ atMs: this.nowMs, hit: failed });
    if (!call.seenSlow) this.slow.push({ atMs: this.nowMs, hit: false });
    const { threshold = Infinity, failing, slow } = this.o;
    if (
      this.inARow >= threshold ||
      (failing !== undefined && this.opens(this.failing, failing, this.nowMs)) ||
      (slow !== undefined && !call.seenSlow && this.opens(this.slow, slow, this.nowMs))
    ) {
      this.breakAt(this.nowMs);
    }
  }

  private opens(bookings: readonly Booking[], rate: Rate, nowMs: number): boolean {
    const { calls, hits } = this.window(bookings, rate, nowMs);
    return calls >= rate.minimum && hits / calls >= rate.ratio;
  }

  private breakAt(atMs: number): void {
    let lengthMs = this.o.breakMs;
    for (let i = 0; i < this.breaks; i++) lengthMs = Math.min(this.o.longestBreakMs, lengthMs * this.o.factor);
    this.open(atMs, lengthMs, this.breaks + 1);
  }

  private open(atMs: number, lengthMs: number, breaks: number): void {
    this.openUntilMs = atMs + lengthMs;
    this.go('OPEN');
    this.breaks = breaks;
  }

  /** Where the operators' wishes point. */
  private follow(): void {
    const to = this.isolations.size > 0 ? 'ISOLATED' : this.disabled ? 'DISABLED' : 'CLOSED';
    const manual = this.state === 'ISOLATED' || this.state === 'DISABLED';
    if (to !== this.state && (to !== 'CLOSED' || manual)) this.go(to);
  }

  private go(state: Model['state']): void {
    this.state = state;
    this.era++;
    this.probesSucceeded = 0;
    this.failing = [];
    this.slow = [];
    this.ramp = undefined;
    if (state !== 'OPEN' && state !== 'HALF_OPEN') this.breaks = 0;
    if (state === 'CLOSED') this.inARow = 0;
  }
}
