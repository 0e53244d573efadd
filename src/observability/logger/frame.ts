import type { JsonWriter } from './json-writer.js';
import type { LogLevel } from './levels.js';
import type { RunningOperation } from './operation.js';
import type { Prefix } from './prefix.js';
import type { TraceContext } from '../../internal/traceparent.js';

/** Loggers whose lines in one frame are remembered. */
const MOST_LOGGERS = 8;
/** Fields that are taken; no line shows so many. */
const MOST_FIELDS = 1_000;

const FIELD = /* @__PURE__ */ Object.freeze({ enumerable: true, configurable: true, writable: true });

/** Whose lines have what in common: a logger or one of its children. @internal */
export interface Layer {
  /** The fields of all its lines, those of its parents included. */
  prefix(): Prefix;
}

/** What a frame changes of the one around it. @internal */
export interface FrameChanges {
  readonly fields?: object;
  readonly level?: LogLevel | undefined;
  readonly trace?: TraceContext | undefined;
  readonly operation?: RunningOperation;
}

/**
 * One layer of context: what holds within a call and all that it causes. Never changed, so that lines of other calls are
 * not touched.
 * @internal
 */
export class Frame {
  /** All fields that hold here, those around it included. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly level: LogLevel | undefined;
  readonly trace: TraceContext | undefined;
  /** The innermost operation that runs. */
  readonly operation: RunningOperation | undefined;
  // A few loggers write all the lines within a call.
  #written: Map<Layer, { readonly version: number; readonly prefix: Prefix }> | undefined;

  constructor(around: Frame | undefined, { fields, level, trace, operation }: FrameChanges) {
    this.fields = Object.freeze(fields === undefined ? (around?.fields ?? {}) : copiedFields(around?.fields, fields));
    this.level = level ?? around?.level;
    this.trace = trace ?? around?.trace;
    this.operation = operation ?? around?.operation;
  }

  /**
   * The fields of all lines here, as they are written by a logger.
   *
   * @param version - of what is secret: with another one the fields are written again.
   */
  prefix(layer: Layer, version: number, writer: JsonWriter): Prefix {
    const written = (this.#written ??= new Map<Layer, { readonly version: number; readonly prefix: Prefix }>());
    const known = written.get(layer);
    if (known?.version === version) return known.prefix;
    const prefix = layer.prefix().with(this.fields, writer);
    if (written.size === MOST_LOGGERS) written.clear();
    written.set(layer, { version, prefix });
    return prefix;
  }
}

/** Fields over others. What cannot be read stands there as that: context must not throw. @internal */
export function copiedFields(around: object | undefined, fields: object): Record<string, unknown> {
  const all: Record<string, unknown> = { ...around };
  let names: string[];
  try {
    names = Object.keys(fields).slice(0, MOST_FIELDS);
  } catch {
    return { ...all, fields: '[unreadable]' };
  }
  for (const name of names) {
    const value = read(fields, name);
    // A name that assignment takes for something else.
    if (name in Object.prototype) Object.defineProperty(all, name, { ...FIELD, value });
    else all[name] = value;
  }
  return all;
}

function read(fields: object, name: string): unknown {
  try {
    return (fields as Readonly<Record<string, unknown>>)[name];
  } catch {
    return '[unreadable]';
  }
}
