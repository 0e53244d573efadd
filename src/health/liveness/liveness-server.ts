import type { CancelTimer } from '../../core/clock.js';
import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import { Emitter } from '../../core/emitter.js';
import { errorText } from '../../core/error-text.js';
import { HealthStatus } from '../../core/health-status.js';
import { redactText } from '../../core/redaction.js';
import { Reporter } from '../../core/reporter.js';
import { steady } from '../../core/steady.js';
import { failuresAfter, restartDelayMs } from './engine.js';
import { startError } from './errors.js';
import { LIVENESS_EVENTS, type LivenessServerEvents, tellAsJson } from './events.js';
import { Heartbeat } from './heartbeat.js';
import { livenessMetrics } from './metrics.js';
import { type LivenessServerOptions, type ParsedLivenessOptions, parseLivenessOptions } from './options.js';
import { type LivenessWorker, startWorker } from './platform.js';
import { LivenessServerState, type LivenessServerSnapshot } from './snapshot.js';

/** A thread that says nothing for so long will not come up any more. */
const START_TIMEOUT_MS = 10_000;
/** When probes that found the process busy should come back. */
const RETRY_AFTER_SECONDS = 5;

/** What came of a try. */
type Outcome = { readonly port: number } | { readonly failed: string };
const STOPPED: Outcome = /* @__PURE__ */ Object.freeze({ failed: 'stopped' });

/**
 * Answers liveness probes from a thread of its own, on a port of its own, also while the main thread computes: with 200
 * as long as that one gave a sign of life within `stalledAfterMs`, else with 503. It asks no check and no dependency, and
 * goes on while the service drains. Neither its thread nor its timer keeps the process alive.
 *
 * @example
 * const liveness = new LivenessServer({ port: 9_000 });
 * await liveness.start(); // livenessProbe: { httpGet: { port: 9000, path: /health/live } }
 */
export class LivenessServer implements Component<LivenessServerSnapshot>, AsyncDisposable {
  readonly kind = 'liveness-server';
  readonly name: string;
  readonly #options: ParsedLivenessOptions;
  readonly #events: Emitter<LivenessServerEvents>;
  readonly #now: () => number;
  readonly #heartbeat: Heartbeat;
  #state: LivenessServerState = LivenessServerState.STOPPED;
  /** Of the latest start or stop: whatever an earlier one still does is void. */
  #generation = 0;
  #starting: Promise<{ readonly port: number }> | undefined;
  /** The try that goes on, and the end that goes on: the next start has to wait, or it would find the port in use. */
  #launching: Promise<unknown> | undefined;
  #ending: Promise<void> | undefined;
  #worker: LivenessWorker | undefined;
  #port: number | undefined;
  #upAtMs = 0;
  #failures = 0;
  #restarts = 0;
  #reason: string | undefined;
  #cancelRestart: CancelTimer | undefined;

  /** @throws {@link InvalidOptionsError} naming every option that is missing, unknown or out of range. */
  constructor(options: LivenessServerOptions) {
    this.#options = parseLivenessOptions(options);
    const { name, clock, onListenerError, stalledAfterMs } = this.#options;
    this.name = name;
    this.#events = new Emitter(new Reporter(`LivenessServer '${name}'`, clock, onListenerError), LIVENESS_EVENTS);
    this.#now = steady(clock);
    this.#heartbeat = new Heartbeat(clock, this.#now, this.#options, (blockedMs) => {
      this.#events.emit('stall', { server: name, blockedMs, reported: blockedMs >= stalledAfterMs });
    });
  }

  /**
   * Starts the thread and listens. While it starts or is up, the same promise again; after `stop()` anew.
   *
   * @throws {@link LivenessStartError}, as a rejection, when the port cannot be had or `stop()` came first: nothing of it
   * is left then, and `start()` may be called again.
   */
  start(): Promise<{ readonly port: number }> {
    return (this.#starting ??= this.#begin(++this.#generation));
  }

  /** Ends the thread and frees the port; resolves when that is done. Does nothing when it is not started. */
  stop(): Promise<void> {
    const [worker, launching, before] = [this.#worker, this.#launching, this.#ending];
    this.#generation++;
    this.#rest();
    const end = async (): Promise<void> => {
      await before;
      await worker?.stop();
      // A try that goes on finds that it is void, and leaves nothing behind.
      await launching;
    };
    return (this.#ending = end());
  }

  /** The same as {@link LivenessServer.stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Subscribes to `type`; the returned function unsubscribes. */
  on<K extends keyof LivenessServerEvents>(type: K, listener: (event: LivenessServerEvents[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Hears of stalls, and of the server going down and coming up, as plain JSON. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    return tellAsJson(this.#events, listener);
  }

  /** The state now, as plain JSON. */
  snapshot(): LivenessServerSnapshot {
    const { ageMs, probes, stalls, longestStallMs } = this.#heartbeat;
    return {
      version: 1,
      name: this.name,
      state: this.#state,
      ...(this.#port === undefined ? {} : { port: this.#port }),
      path: this.#options.path,
      heartbeatAgeMs: ageMs,
      probes,
      stalls,
      longestStallMs,
      restarts: this.#restarts,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  /** The values for a scrape. */
  metrics(): Iterable<MetricSample> {
    return livenessMetrics(this.snapshot());
  }

  /** `DEGRADED` unless it is up: the service works, but who asks whether it lives gets no answer. */
  health(): { readonly status: HealthStatus; readonly message?: string } {
    if (this.#state === LivenessServerState.UP) return { status: HealthStatus.HEALTHY };
    const message = this.#reason === undefined ? `it is ${this.#state}` : `it is DOWN: ${this.#reason}`;
    return { status: HealthStatus.DEGRADED, message };
  }

  async #begin(generation: number): Promise<{ readonly port: number }> {
    const { port } = this.#options;
    this.#state = LivenessServerState.STARTING;
    this.#heartbeat.start();
    await this.#ending;
    const outcome = await this.#launch(generation, port, true);
    if ('port' in outcome) return outcome;
    if (generation === this.#generation) this.#rest();
    throw startError(this.name, port, redactText(outcome.failed, 200));
  }

  #launch(generation: number, port: number, holds: boolean): Promise<Outcome> {
    const launching = this.#try(generation, port, holds);
    this.#launching = launching;
    return launching;
  }

  /**
   * One try to have a worker that listens. Never rejects, and a try that fails leaves nothing behind.
   *
   * @param holds - whether somebody waits for it, so that the process must live on.
   */
  async #try(generation: number, port: number, holds: boolean): Promise<Outcome> {
    const { host, path, stalledAfterMs, clock } = this.#options;
    let worker: LivenessWorker | undefined;
    try {
      if (generation !== this.#generation) return STOPPED;
      const { shared } = this.#heartbeat;
      worker = await startWorker({ shared, port, host, path, stalledAfterMs, retryAfterSeconds: RETRY_AFTER_SECONDS });
      if (!holds) worker.release();
      let outcome: Outcome = STOPPED;
      if (generation === this.#generation) {
        this.#worker = worker;
        outcome = await within(worker.listening, clock, START_TIMEOUT_MS, holds);
      }
      if (generation !== this.#generation) outcome = STOPPED;
      else if ('port' in outcome) this.#up(worker, outcome.port, generation);
      else this.#worker = undefined;
      if (!('port' in outcome)) await worker.stop();
      return outcome;
    } catch (error) {
      await worker?.stop();
      return { failed: redactText(errorText(error), 200) };
    }
  }

  #up(worker: LivenessWorker, port: number, generation: number): void {
    worker.release();
    this.#state = LivenessServerState.UP;
    this.#port = port;
    this.#reason = undefined;
    this.#upAtMs = this.#now();
    void worker.ended.then((reason) => {
      if (generation !== this.#generation) return;
      this.#worker = undefined;
      this.#failures = failuresAfter(this.#failures, this.#now() - this.#upAtMs);
      this.#down(reason, generation, port);
    });
    this.#events.emit('up', { server: this.name, port, restarts: this.#restarts });
  }

  /** Tries again on the same port, for as long as it takes: somebody outside counts on it. */
  #down(reason: string, generation: number, port: number): void {
    const restartInMs = restartDelayMs(this.#failures);
    this.#state = LivenessServerState.DOWN;
    this.#reason = redactText(reason, 200);
    this.#cancelRestart = this.#options.clock.schedule(() => void this.#restart(generation, port), restartInMs);
    this.#events.emit('down', { server: this.name, reason: this.#reason, restartInMs });
  }

  async #restart(generation: number, port: number): Promise<void> {
    this.#restarts++;
    const outcome = await this.#launch(generation, port, false);
    if ('port' in outcome || generation !== this.#generation) return;
    this.#failures++;
    this.#down(outcome.failed, generation, port);
  }

  #rest(): void {
    this.#heartbeat.stop();
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    this.#starting = undefined;
    this.#worker = undefined;
    this.#port = undefined;
    this.#reason = undefined;
    this.#failures = 0;
    this.#state = LivenessServerState.STOPPED;
  }
}

/** What a worker says, or that it says nothing. */
function within(
  answer: Promise<Outcome>,
  clock: ParsedLivenessOptions['clock'],
  ms: number,
  holds: boolean,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const tooLate = (): void => {
      resolve({ failed: `it did not listen within ${String(ms)} ms` });
    };
    const cancelTimer = clock.schedule(tooLate, ms, { hold: holds });
    void answer.then((said) => {
      cancelTimer();
      resolve(said);
    });
  });
}
