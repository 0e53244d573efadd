import type { Component, ComponentEvent, MetricSample } from '../../core/component.js';
import type { EventLogger } from './event-logger.js';
import type { EventType } from './event-type.js';
import type { LoggerEvents } from './events.js';
import { Frame, type FrameChanges } from './frame.js';
import { LoggerLayer } from './layer.js';
import { defaultLevel, type LogLevel } from './levels.js';
import { checkEvent, checkFields, checkFlush, checkFunction, checkLevel, checkName } from './arguments.js';
import { LoggerCore } from './logger-core.js';
import { type Operation, RunningOperation, runOperation } from './operation.js';
import { operationHost } from './operation-host.js';
import { parseLoggerOptions, type StructuredLoggerOptions } from './options.js';
import { messageOf } from './special-values.js';
import { type LoggerSnapshot, loggerMetrics } from './snapshot.js';
import type { TraceContext, TraceHeaders } from '../../internal/traceparent.js';
import { incomingTrace, outgoingHeaders } from '../../internal/trace-step.js';

/** What an event is written with besides its fields. */
export interface EventOptions {
  /** Its level. @defaultValue `error` for `ERROR_EVENT`, `warn` for `SECURITY_EVENT`, `info` for the rest */
  readonly level?: Exclude<LogLevel, 'silent'>;
}

/** What holds within a call besides its fields. */
export interface ContextOptions {
  /** The least urgent lines that are written within it, such as `debug` for one request. @defaultValue as outside */
  readonly level?: LogLevel;
}

/** What holds within a context for several calls. */
export interface ContextRunnerOptions extends ContextOptions {
  /** The step of a trace that lines within it tell of. @defaultValue as outside */
  readonly trace?: TraceContext | undefined;
}

/** How a child comes by what it shares with its parent. */
class Descent {
  constructor(
    readonly core: LoggerCore,
    readonly layer: LoggerLayer,
  ) {}
}

const FLUSH_MS = 5_000;

/**
 * Writes events as lines of JSON, one each: `time` (ms since 1970), `level`, `event`, `msg`, then the fields of the context
 * and of the event. Secrets are masked at any depth, in messages and stacks too; whatever a value does when it is read, and
 * whatever the destination does, the caller goes on.
 *
 * @example
 * const log = new StructuredLogger({ service: 'orders' });
 * log.userAction('order placed', { orderId: 17 });
 * await log.withContext({ requestId }, () => handle(request));
 */
export class StructuredLogger implements EventLogger, Component<LoggerSnapshot> {
  readonly kind = 'structured-logger';
  readonly name: string;
  readonly #core: LoggerCore;
  readonly #layer: LoggerLayer;

  /**
   * @throws {@link InvalidOptionsError} naming every option that is unknown or out of range. What opening a destination
   * throws, such as a path that cannot be created, is thrown as it is.
   */
  constructor(options: StructuredLoggerOptions = {}) {
    if (options instanceof Descent) {
      this.#core = options.core;
      this.#layer = options.layer;
    } else {
      this.#core = new LoggerCore(parseLoggerOptions(options));
      this.#layer = this.#core.base;
    }
    this.name = this.#core.name;
  }

  /**
   * Writes one event.
   *
   * @throws {@link InvalidArgumentError} for an event type or a level that there is not.
   */
  event(type: EventType, message: string, fields?: object, options?: EventOptions): void {
    checkEvent(type);
    if (options?.level !== undefined) checkLevel('event', options.level, false);
    this.#core.log(this.#layer, type, options?.level ?? defaultLevel(type), message, fields);
  }

  /** A `USER_ACTION`: somebody did something. */
  userAction(message: string, fields?: object): void {
    this.#core.log(this.#layer, 'USER_ACTION', 'info', message, fields);
  }

  /** A `SYSTEM_EVENT`: the service did something. */
  systemEvent(message: string, fields?: object): void {
    this.#core.log(this.#layer, 'SYSTEM_EVENT', 'info', message, fields);
  }

  /** An `ERROR_EVENT` with `error` under `err`: name, message, stack, code, causes. Anything can have been thrown. */
  error(message: string, error?: unknown, fields?: object): void {
    if (!this.#core.isEnabled('error')) return;
    // Whoever hands over the error alone means its message.
    const alone = error === undefined ? messageOf(message) : undefined;
    if (alone !== undefined) {
      this.error(alone, message, fields);
      return;
    }
    const own = error === undefined ? undefined : [this.#core.entry('err', error)];
    this.#core.log(this.#layer, 'ERROR_EVENT', 'error', message, fields, own);
  }

  /** A `PERFORMANCE_EVENT`: how long something took, or how much it needed. */
  performance(message: string, fields?: object): void {
    this.#core.log(this.#layer, 'PERFORMANCE_EVENT', 'info', message, fields);
  }

  /** A `SECURITY_EVENT`: also to `securityDestination`, if there is one. */
  securityEvent(message: string, fields?: object): void {
    this.#core.log(this.#layer, 'SECURITY_EVENT', 'warn', message, fields);
  }

  /** Whether a line of this level would be written here and now, so that fields need not be gathered in vain. */
  isLevelEnabled(level: Exclude<LogLevel, 'silent'>): boolean {
    checkLevel('isLevelEnabled', level, false);
    return this.#core.isEnabled(level);
  }

  /**
   * Runs `fn` so that its lines, and those of all that it causes, carry `fields`, also after it awaited something. Inside of
   * another context its fields go over the outer ones.
   *
   * @returns what `fn` returns.
   * @throws {@link InvalidArgumentError} for fields that are no object and for anything but a function; and whatever `fn` throws.
   */
  withContext<T>(fields: object, fn: () => T, options?: ContextOptions): T {
    checkFields('withContext', fields);
    checkFunction('withContext', fn);
    if (options?.level !== undefined) checkLevel('withContext', options.level, true);
    return this.#within({ fields, level: options?.level }, fn);
  }

  /**
   * A context for several calls that belong together, but do not follow from one another, such as the handler of a request and
   * whoever hears of its end. What it returns runs a function in it, as often as it is called, and returns what that returns.
   *
   * @throws {@link InvalidArgumentError} for fields that are no object, and for a level that there is not.
   *
   * @example
   * const within = log.contextRunner({ jobId });
   * job.on('done', () => within(() => log.systemEvent('job done')));
   */
  contextRunner(fields: object, options: ContextRunnerOptions = {}): <T>(fn: () => T) => T {
    checkFields('contextRunner', fields);
    const { level, trace } = options;
    if (level !== undefined) checkLevel('contextRunner', level, true);
    const { contexts, ids } = this.#core;
    const step = trace && incomingTrace(trace, ids);
    const frame = new Frame(contexts.current(), { fields, level, trace: step });
    return (fn) => {
      checkFunction('contextRunner', fn);
      return contexts.run(frame, fn);
    };
  }

  /** The fields of the context that holds here: frozen, and as they were given. */
  context(): Readonly<Record<string, unknown>> {
    return this.#core.contexts.current()?.fields ?? Object.freeze({});
  }

  /**
   * A function that runs in the context that holds now, whoever calls it: for listeners of emitters, which otherwise run in
   * the context of who emits.
   *
   * @throws {@link InvalidArgumentError} for anything but a function.
   */
  bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
    checkFunction('bind', fn);
    return this.#core.contexts.bind(fn);
  }

  /**
   * Runs `fn` as a step of the trace that a request's headers tell of (W3C Trace Context), or of a new one when they tell
   * of none or are malformed. Its lines carry `trace_id` and `span_id`.
   *
   * @param incoming - the request's headers, or its `traceparent` alone, or a step that was made already, which is taken as
   * it is.
   */
  withTrace<T>(
    incoming:
      | string
      | TraceContext
      | TraceHeaders
      | Readonly<Record<string, string | readonly string[] | undefined>>
      | undefined,
    fn: () => T,
  ): T {
    checkFunction('withTrace', fn);
    return this.#within({ trace: incomingTrace(incoming, this.#core.ids) }, fn);
  }

  /** Where this stands in a trace: the active OpenTelemetry span, else the step of {@link withTrace}, else `undefined`. */
  trace(): TraceContext | undefined {
    return this.#core.trace();
  }

  /** The headers that tell another service of the trace; none without a trace. */
  traceHeaders(): { traceparent?: string; tracestate?: string } {
    return outgoingHeaders(this.#core.trace());
  }

  /**
   * Runs `fn` between a line that says that something started and one that says how it ended, with `durationMs`. A failure
   * is an `ERROR_EVENT`, and the same value is thrown.
   *
   * @param name - in all lines within it as `operation`.
   * @returns what `fn` returns; a promise settles as that of `fn` does.
   */
  operation<T>(name: string, fn: (operation: Operation) => T): T;
  operation<T>(name: string, fields: object | undefined, fn: (operation: Operation) => T): T;
  operation<T>(
    name: string,
    ...rest: [(operation: Operation) => T] | [object | undefined, (operation: Operation) => T]
  ): T {
    const [fields, fn] = rest.length === 2 ? rest : [{}, rest[0]];
    if (fields !== undefined) checkFields('operation', fields);
    checkFunction('operation', fn);
    return runOperation(this.#start('operation', name, fields ?? {}), fn);
  }

  /**
   * The same without a function: ends with `end()`, with `fail(error)`, or when it is disposed of. Lines carry its name
   * within `run()`.
   *
   * @example
   * using import_ = log.startOperation('import');
   */
  startOperation(name: string, fields: object = {}): Operation {
    checkFields('startOperation', fields);
    return this.#start('startOperation', name, fields);
  }

  /**
   * A logger whose lines carry `fields` besides. It shares context, destinations and all else; fields of the context go
   * over its own, and fields of a line over both.
   */
  child(fields: object): StructuredLogger {
    checkFields('child', fields);
    const layer = new LoggerLayer(this.#core, this.#layer, fields);
    return new StructuredLogger(new Descent(this.#core, layer) as StructuredLoggerOptions);
  }

  /**
   * Resolves when all lines so far are with the system, and no later than `timeoutMs`; never rejects.
   *
   * @param timeoutMs - the longest wait, in milliseconds. @defaultValue `5_000`
   * @returns whether all arrived: `false` when the time is over, or a destination failed.
   * @throws {@link InvalidArgumentError} for a time that is no finite number of milliseconds from 0.
   */
  flush(timeoutMs: number = FLUSH_MS): Promise<boolean> {
    checkFlush(timeoutMs);
    return this.#core.flush(timeoutMs);
  }

  /** Lines written, dropped, left out and cut. */
  snapshot(): LoggerSnapshot {
    return this.#core.snapshot();
  }

  /** Hears when a destination no longer takes lines, and when it does again. */
  subscribe(listener: (event: ComponentEvent) => void): () => void {
    const { events } = this.#core;
    const ends = [
      events.on('losing', (data) => listener({ type: 'losing', level: 'error', data })),
      events.on('writing', (data) => listener({ type: 'writing', level: 'info', data })),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** Subscribes to one event; the returned function unsubscribes. */
  on<K extends keyof LoggerEvents>(type: K, listener: (event: LoggerEvents[K]) => void): () => void {
    return this.#core.events.on(type, listener);
  }

  /** The counts of {@link snapshot}, for a scrape. */
  metrics(): Iterable<MetricSample> {
    return loggerMetrics(this.name, this.snapshot());
  }

  #within<T>(changes: FrameChanges, fn: () => T): T {
    const { contexts } = this.#core;
    return contexts.run(new Frame(contexts.current(), changes), fn);
  }

  #start(method: string, name: string, fields: object): RunningOperation {
    checkName(method, name);
    return new RunningOperation(name, operationHost(this.#core, this.#layer, name), fields);
  }
}
