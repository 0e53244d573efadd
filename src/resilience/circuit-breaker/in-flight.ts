/**
 * A call that is known by itself: a probe, or one whose duration counts.
 * @internal
 */
export class TrackedCall {
  readonly startedAtMs: number;
  /** The caller's signal: a caller who gave up says nothing about the dependency. */
  readonly signal: { readonly aborted: boolean } | undefined;
  readonly probe: boolean;
  listed = false;
  earlier: TrackedCall | undefined = undefined;
  later: TrackedCall | undefined = undefined;

  constructor(startedAtMs: number, signal: { readonly aborted: boolean } | undefined, probe: boolean) {
    this.startedAtMs = startedAtMs;
    this.signal = signal;
    this.probe = probe;
  }
}

/** Calls that are running, in the order in which they began; the list keeps its places in the calls themselves. @internal */
export class RunningCalls {
  first: TrackedCall | undefined;
  #last: TrackedCall | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(call: TrackedCall): void {
    call.listed = true;
    call.earlier = this.#last;
    if (this.#last === undefined) this.first = call;
    else this.#last.later = call;
    this.#last = call;
    this.#size++;
  }

  /** `false` when it was no longer in the list. */
  remove(call: TrackedCall): boolean {
    if (!call.listed) return false;
    const { earlier, later } = call;
    if (earlier === undefined) this.first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    call.listed = false;
    // A call that is kept for long must not keep those that ran beside it.
    call.earlier = undefined;
    call.later = undefined;
    this.#size--;
    return true;
  }
}
