import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  group,
  type OptionKind,
  oneOf,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../core/options.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { destinationOption, type LogDestination } from './destination.js';
import type { KeyRules } from './key-table.js';
import { LOG_LEVELS, type LogLevel } from './levels.js';
import type { RateCapOptions } from './rate-cap.js';
import type { TraceApi } from './tracing.js';

/** What holds a secret and gives it away only when it is asked, such as `Secret`. */
export interface Revealing {
  /** The secret text. */
  reveal(): string;
}

/** What is hidden in lines besides what usually is, and what is not. */
export interface RedactOptions {
  /**
   * Further names whose values are hidden at any depth, in any case, with or without `-` and `_`; with dots only below
   * others, such as `user.email`. @defaultValue `[]`
   */
  readonly keys?: readonly string[];
  /** Names that look like those of secrets but are none, such as `nextPageToken`. @defaultValue `[]` */
  readonly show?: readonly string[];
  /**
   * Secret values, masked wherever they stand, in messages and stacks too: texts of at least 4 characters, or what
   * reveals one, such as `Secret`. The same as `registerSecret` for each. @defaultValue `[]`
   */
  readonly values?: Iterable<string | Revealing>;
}

/** Options of {@link StructuredLogger}. */
export interface StructuredLoggerOptions {
  /** Shown in metrics. @defaultValue `'logger'` */
  readonly name?: string;
  /** The service's name, in each line as `service`. @defaultValue none */
  readonly service?: string;
  /** The least urgent lines that are written; a context may say otherwise. @defaultValue `'info'` */
  readonly level?: LogLevel;
  /** Where lines go: a stream or anything else with `write`, a path, or a file descriptor. @defaultValue standard output */
  readonly destination?: LogDestination | string | number;
  /** Where security events go as well, whatever `level` says. @defaultValue nowhere else */
  readonly securityDestination?: LogDestination | string | number;
  /**
   * What is hidden. `false` hides only registered values and credentials in URLs.
   * @defaultValue the names of secrets, and what looks like one in texts
   */
  readonly redact?: RedactOptions | false;
  /** `trace` of `@opentelemetry/api`: lines then carry the ids of the active span. @defaultValue none */
  readonly trace?: TraceApi;
  /** How many lines a second are written; errors, and what goes to `securityDestination`, are never left out. @defaultValue no limit */
  readonly rateCap?: RateCapOptions;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock;
  /** Receives what a destination or a hook throws. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler;
}

/** Defaults of {@link StructuredLoggerOptions}. */
export const STRUCTURED_LOGGER_DEFAULTS = /* @__PURE__ */ Object.freeze({ name: 'logger', level: 'info' } as const);

/** What stands for no limit. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

interface Redaction extends KeyRules {
  readonly values: readonly string[];
}

function schema() {
  return {
    name: text(STRUCTURED_LOGGER_DEFAULTS.name),
    service: text(undefined),
    level: oneOf(LOG_LEVELS, STRUCTURED_LOGGER_DEFAULTS.level),
    destination: destinationOption(),
    securityDestination: destinationOption(),
    redact: redactOption(),
    trace: traceOption(),
    rateCap: group({
      perMessage: limit(),
      total: limit(),
    }),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedLoggerOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseLoggerOptions(options: StructuredLoggerOptions | undefined): ParsedLoggerOptions {
  return parseOptions('StructuredLogger', schema(), options);
}

/** @internal */
export function isUnlimited({ perMessage, total }: ParsedLoggerOptions['rateCap']): boolean {
  return perMessage === UNLIMITED && total === UNLIMITED;
}

function limit(): OptionKind<number> {
  const kind = count({ min: 1, default: UNLIMITED });
  return { parse: (value, path, report) => kind.parse(value === Infinity ? undefined : value, path, report) };
}

function traceOption(): OptionKind<TraceApi | undefined> {
  return {
    parse(value, path, report) {
      const has = typeof (value as TraceApi | null | undefined)?.getActiveSpan === 'function';
      if (value !== undefined && !has)
        report(path, `must be the trace API of @opentelemetry/api, with getActiveSpan(), got ${describe(value)}`);
      return value as TraceApi | undefined;
    },
  };
}

function redactOption(): OptionKind<Redaction> {
  const rules = group({ keys: names(), show: names(), values: secrets() });
  return {
    parse(value, path, report) {
      if (value === false) return { usual: false, hide: [], show: [], values: [] };
      const { keys, show, values } = rules.parse(value, path, report);
      return { usual: true, hide: keys, show, values };
    },
  };
}

function names(): OptionKind<readonly string[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (Array.isArray(value) && value.every((name) => typeof name === 'string' && /^[^.]+(\.[^.]+)*$/.test(name)))
        return value as string[];
      report(path, `must be a list of names, with dots only between them, got ${describe(value)}`);
      return [];
    },
  };
}

function secrets(): OptionKind<readonly string[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
        report(path, `must be a list of secret values, got ${describe(value)}`);
        return [];
      }
      return [...(value as Iterable<unknown>)].map((item, i) => {
        const revealed = revealedOf(item);
        if (typeof revealed === 'string' && revealed.length >= 4) return revealed;
        report(`${path}[${String(i)}]`, 'must be text of at least 4 characters, or reveal one');
        return '';
      });
    },
  };
}

function revealedOf(item: unknown): unknown {
  const reveal = (item as { readonly reveal?: unknown } | null | undefined)?.reveal;
  if (typeof reveal !== 'function') return item;
  try {
    return (item as { reveal(): unknown }).reveal();
  } catch {
    return undefined;
  }
}
