import type { Clock } from '../../core/clock.js';
import { Emitter } from '../../core/emitter.js';
import { Reporter } from '../../core/reporter.js';
import { registerSecret, secretRegistry } from '../../core/secret-values.js';
import { steady } from '../../core/steady.js';
import { HexIds } from '../../internal/hex-ids.js';
import { Contexts } from './contexts.js';
import { type LogDestination, openDestination } from './destination.js';
import type { EventType } from './event-type.js';
import type { LoggerEvents } from './events.js';
import type { Frame } from './frame.js';
import { JsonWriter, OWN_ROOM } from './json-writer.js';
import { KeyTable } from './key-table.js';
import { LoggerLayer } from './layer.js';
import { type LineLevel, passes } from './levels.js';
import { lineFields } from './line.js';
import { isUnlimited, type ParsedLoggerOptions } from './options.js';
import type { Entry } from './prefix.js';
import { type LeftOut, RateCap } from './rate-cap.js';
import { isError } from './special-values.js';
import { Sink } from './sink.js';
import type { LoggerSnapshot } from './snapshot.js';
import type { TraceContext } from '../../internal/traceparent.js';
import { activeTrace } from './tracing.js';

/** What a line is, and where it goes. */
interface Way {
  readonly type: EventType;
  readonly level: LineLevel;
  readonly toMain: boolean;
  readonly toSecurity: boolean;
}

const EVENT_TEXTS: Readonly<Record<EventType, string>> = /* @__PURE__ */ Object.freeze({
  USER_ACTION: ',"event":"USER_ACTION"',
  SYSTEM_EVENT: ',"event":"SYSTEM_EVENT"',
  ERROR_EVENT: ',"event":"ERROR_EVENT"',
  PERFORMANCE_EVENT: ',"event":"PERFORMANCE_EVENT"',
  SECURITY_EVENT: ',"event":"SECURITY_EVENT"',
});
const NOTHING: readonly Entry[] = /* @__PURE__ */ Object.freeze([]);
const LONGEST_COUNTED = 200;
/** Lines within lines: of values that log when they are read. */
const DEEPEST_LOG = 4;

/** What a logger and its children share: destinations, context, what is secret. @internal */
export class LoggerCore {
  readonly name: string;
  readonly clock: Clock;
  readonly contexts = new Contexts();
  readonly ids = new HexIds();
  readonly reporter: Reporter;
  readonly events: Emitter<LoggerEvents>;
  readonly main: Sink;
  readonly security: Sink | undefined;
  /** The fields of all lines. */
  readonly base: LoggerLayer;
  readonly #options: ParsedLoggerOptions;
  readonly #keys: KeyTable;
  readonly #writer: JsonWriter;
  readonly #secrets = secretRegistry();
  readonly #cap: RateCap | undefined;
  readonly #now: () => number;
  #depth = 0;
  #timeMs = NaN;
  #time = '';
  #truncated = 0;
  #leftOut = 0;

  constructor(options: ParsedLoggerOptions) {
    this.#options = options;
    this.name = options.name;
    this.clock = options.clock;
    this.reporter = new Reporter('StructuredLogger', options.clock, options.onListenerError);
    this.events = new Emitter<LoggerEvents>(this.reporter);
    // For as long as the process lives: lines of others may hold the values as well.
    for (const value of options.redact.values) registerSecret(value);
    this.#keys = new KeyTable(options.redact);
    this.#writer = new JsonWriter(this.#keys);
    this.#cap = isUnlimited(options.rateCap) ? undefined : new RateCap(options.rateCap);
    this.#now = steady(options.clock);
    const { service } = options;
    this.base = new LoggerLayer(this, undefined, service === undefined ? {} : { service });
    this.main = this.#sink(options.destination ?? 1, 'main');
    this.security =
      options.securityDestination === undefined ? undefined : this.#sink(options.securityDestination, 'security');
  }

  /** Of what is secret; what was written under another one is written again. */
  get version(): number {
    return this.#secrets.version;
  }

  /** What is being written may log itself, by a getter: that line needs a writer of its own. */
  writer(): JsonWriter {
    return this.#writer.isBusy ? new JsonWriter(this.#keys) : this.#writer;
  }

  /** A value that a line says itself. */
  entry(name: string, value: unknown): Entry {
    const writer = this.writer().begin(0, OWN_ROOM);
    return { name, json: writer.value(value) ?? 'null', truncated: writer.truncated };
  }

  /** Where the call that is running stands in a trace, if anywhere. */
  trace(frame = this.contexts.current()): TraceContext | undefined {
    const api = this.#options.trace;
    if (api === undefined) return frame?.trace;
    try {
      return activeTrace(api) ?? frame?.trace;
    } catch (error) {
      this.reporter.listenerError(error);
      return frame?.trace;
    }
  }

  isEnabled(level: LineLevel, frame = this.contexts.current()): boolean {
    return passes(level, frame?.level ?? this.#options.level);
  }

  /**
   * Writes a line, if one is to be written.
   *
   * @param own - what the line says itself.
   */
  log(layer: LoggerLayer, type: EventType, level: LineLevel, message: string, fields?: object, own = NOTHING): void {
    // What is logged may log itself when it is read, but not for ever.
    if (this.#depth === DEEPEST_LOG) return;
    this.#depth++;
    try {
      const frame = this.contexts.current();
      const toSecurity = type === 'SECURITY_EVENT' && this.security !== undefined;
      const toMain = this.isEnabled(level, frame);
      if (toMain || toSecurity) this.#write(layer, frame, { type, level, toMain, toSecurity }, message, fields, own);
    } catch (error) {
      // Nothing that is logged may reach who logs it.
      this.reporter.listenerError(error);
    } finally {
      this.#depth--;
    }
  }

  /** Writes what is still to be told, and waits for the destinations. */
  async flush(timeoutMs: number): Promise<boolean> {
    const left = this.#cap?.restart(this.#now());
    if (left !== undefined) this.#writeLeftOut(left);
    const sinks = this.security === undefined ? [this.main] : [this.main, this.security];
    const flushed = await Promise.all(sinks.map((sink) => sink.flush(this.clock, timeoutMs)));
    return flushed.every(Boolean);
  }

  snapshot(): LoggerSnapshot {
    const { written, dropped } = this.main;
    const counts = { written, dropped, leftOut: this.#leftOut, truncated: this.#truncated };
    if (this.security === undefined) return counts;
    return { ...counts, security: { written: this.security.written, dropped: this.security.dropped } };
  }

  #write(
    layer: LoggerLayer,
    frame: Frame | undefined,
    way: Way,
    message: unknown,
    fields: object | undefined,
    own: readonly Entry[],
  ): void {
    const prefix = layer.prefixIn(frame);
    const trace = this.trace(frame);
    const said = trace === undefined ? own : [...own, ...traceEntries(trace)];
    let used = prefix.text.length;
    let truncated = prefix.truncated;
    for (const entry of said) {
      used += entry.json.length;
      if (entry.truncated) truncated = true;
    }
    const writer = this.writer().begin(used);
    const text = messageText(message, writer.value(message));
    const toMain = way.toMain && (this.#cap === undefined || this.#admits(this.#cap, way, text));
    if (!toMain && !way.toSecurity) return;
    const rest = lineFields(writer, prefix, said, asFields(fields));
    const isCut = truncated || writer.truncated;
    if (isCut) this.#truncated++;
    this.#emit(toMain === way.toMain ? way : { ...way, toMain }, text, isCut ? `${rest},"truncated":true` : rest);
  }

  #admits(cap: RateCap, { type, level }: Way, message: string): boolean {
    const left = cap.over(this.#now());
    if (left !== undefined) this.#writeLeftOut(left);
    const told = (JSON.parse(message) as string).slice(0, LONGEST_COUNTED);
    if (type === 'ERROR_EVENT' || passes(level, 'error') || cap.admits(`${type} ${told}`)) return true;
    this.#leftOut++;
    return false;
  }

  #writeLeftOut(left: LeftOut): void {
    // A line is being written: this one needs a writer of its own.
    const fields = lineFields(new JsonWriter(this.#keys).begin(), this.base.prefix(), NOTHING, left);
    this.#emit({ type: 'SYSTEM_EVENT', level: 'warn', toMain: true, toSecurity: false }, '"lines left out"', fields);
  }

  #emit({ type, level, toMain, toSecurity }: Way, message: string, fields: string): void {
    const rest = `${this.#timeText()}${EVENT_TEXTS[type]}${fields},"msg":${message}}\n`;
    if (toMain) this.main.write(level, rest);
    if (toSecurity) this.security?.write(level, rest);
  }

  /** Many lines are written within one millisecond. */
  #timeText(): string {
    const nowMs = this.#wallMs();
    if (nowMs !== this.#timeMs) {
      this.#timeMs = nowMs;
      this.#time = `,"time":${String(nowMs)}`;
    }
    return this.#time;
  }

  /** A clock that cannot say shall cost no line. */
  #wallMs(): number {
    try {
      const nowMs = Math.trunc(this.clock.wallNow());
      if (Number.isFinite(nowMs)) return nowMs;
    } catch (error) {
      this.reporter.listenerError(error);
    }
    return Number.isNaN(this.#timeMs) ? 0 : this.#timeMs;
  }

  #sink(destination: LogDestination | string | number, which: 'main' | 'security'): Sink {
    const opened = typeof destination === 'object' ? destination : openDestination(destination);
    return new Sink(opened, this.reporter, (state) => {
      this.events.emit(state, { destination: which });
    });
  }
}

/** A message as JSON. It is typed as text, but whoever writes JavaScript may hand over anything. */
function messageText(message: unknown, json: string | undefined): string {
  // Most are text, and looking at the first character of what was put together costs a copy of it.
  if (json === undefined || typeof message === 'string') return json ?? '"undefined"';
  return json.startsWith('"') ? json : JSON.stringify(json);
}

/** The fields of what was given as such: an error is one, and so is a list. */
function asFields(given: unknown): object | undefined {
  if (given === undefined || given === null) return undefined;
  try {
    if (typeof given !== 'object' || Array.isArray(given)) return { fields: given };
    if (Object.getPrototypeOf(given) === Object.prototype) return given;
    if (isError(given)) return { err: given };
    return given instanceof Map || given instanceof Set ? { fields: given } : given;
  } catch {
    return { fields: '[unreadable]' };
  }
}

function traceEntries({ traceId, spanId }: TraceContext): Entry[] {
  return [
    { name: 'trace_id', json: `"${traceId}"`, truncated: false },
    { name: 'span_id', json: `"${spanId}"`, truncated: false },
  ];
}
