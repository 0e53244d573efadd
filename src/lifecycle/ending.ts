import { type FatalErrorKind, SAME_SIGNAL_MS } from './engine.js';
import { endOf, type Exit, join, listen } from './host.js';

/** Why a process stops. @internal */
export interface StopCause {
  readonly reason: string;
  readonly signal?: string;
  readonly exitCode: number;
}

/** What a lifecycle does about what comes from outside. @internal */
export interface EndingHandlers {
  stop(cause: StopCause): void;
  /** Nobody is to wait any longer. */
  force(why: string): void;
  /** Hears of each fatal error before anything is done about it. */
  tell(kind: FatalErrorKind, error: unknown): void;
}

/** @internal */
export interface EndingOptions {
  readonly exit: Exit;
  readonly signals: readonly string[];
  readonly fatalErrors: readonly FatalErrorKind[];
  readonly reraiseSignal: boolean;
}

/** Where a lifecycle meets the process: its signals, its fatal errors, and its exit. @internal */
export class Ending {
  readonly #options: EndingOptions;
  readonly #now: () => number;
  readonly #handlers: EndingHandlers;
  #silence: (() => void) | undefined;
  #place: { leave(code: number): number | undefined } | undefined;
  #signalAtMs: number | undefined;
  #hadFatal = false;
  #isForced = false;

  constructor(options: EndingOptions, now: () => number, handlers: EndingHandlers) {
    this.#options = options;
    this.#now = now;
    this.#handlers = handlers;
  }

  /** From now on the process ends no earlier than this lifecycle, and not without it. */
  begin(): void {
    const { exit, signals, fatalErrors } = this.#options;
    this.#place ??= join(exit, this);
    this.#silence ??= listen(
      signals,
      (signal) => {
        this.#onSignal(signal);
      },
      fatalErrors,
      (kind, error) => {
        this.#onFatal(kind, error);
      },
    );
  }

  /** Whether something went wrong that nobody handled. */
  get hadFatal(): boolean {
    return this.#hadFatal;
  }

  /** Ends the process now, whatever else is going on in it. */
  force(): void {
    this.#isForced = true;
    this.#options.exit(1);
  }

  /** Ends the process, unless other lifecycles still need it; says whether. */
  end(code: number, signal: string | undefined): boolean {
    const worst = (this.#place ?? join(this.#options.exit, this)).leave(code);
    const silence = this.#silence;
    this.#silence = undefined;
    if (worst === undefined || this.#isForced) {
      silence?.();
      return this.#isForced;
    }
    if (worst === 0 && signal !== undefined && this.#options.reraiseSignal) {
      silence?.();
      endOf(signal, this.#options.exit);
      return true;
    }
    try {
      this.#options.exit(worst);
    } finally {
      silence?.();
    }
    return true;
  }

  #onSignal(signal: string): void {
    const nowMs = this.#now();
    const first = this.#signalAtMs;
    this.#signalAtMs ??= nowMs;
    if (first === undefined) this.#handlers.stop({ reason: signal, signal, exitCode: 0 });
    // A terminal and whatever started the process may both tell the whole group.
    else if (nowMs - first >= SAME_SIGNAL_MS) this.#handlers.force(`a second signal, ${signal}`);
  }

  #onFatal(kind: FatalErrorKind, error: unknown): void {
    this.#handlers.tell(kind, error);
    if (this.#hadFatal) {
      this.#handlers.force(`a second error, ${kind}`);
      return;
    }
    this.#hadFatal = true;
    this.#handlers.stop({ reason: kind, exitCode: 1 });
  }
}
