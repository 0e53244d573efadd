import type { EventType } from './event-type.js';

/** How urgent a line is, from `trace` to `fatal`; `silent` is no level of a line, but lets none through. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Levels that a line can have. @internal */
export type LineLevel = Exclude<LogLevel, 'silent'>;

/** The levels in their order, with the numbers that pino gives them. @internal */
export const LEVEL_RANKS: Readonly<Record<LogLevel, number>> = /* @__PURE__ */ Object.freeze({
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
});

/** How lines begin. @internal */
export const LEVEL_TEXTS: Readonly<Record<LineLevel, string>> = /* @__PURE__ */ Object.freeze({
  trace: '{"level":"trace"',
  debug: '{"level":"debug"',
  info: '{"level":"info"',
  warn: '{"level":"warn"',
  error: '{"level":"error"',
  fatal: '{"level":"fatal"',
});

/** How lines begin for destinations that go by pino's numbers. @internal */
export const LEVEL_NUMBERS: Readonly<Record<LineLevel, string>> = /* @__PURE__ */ Object.freeze({
  trace: '{"level":10',
  debug: '{"level":20',
  info: '{"level":30',
  warn: '{"level":40',
  error: '{"level":50',
  fatal: '{"level":60',
});

/** @internal */
export const LOG_LEVELS = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ Object.keys(LEVEL_RANKS),
) as readonly LogLevel[];

/** Whether a line of this level passes where `least` is asked for. @internal */
export function passes(level: LineLevel, least: LogLevel): boolean {
  return LEVEL_RANKS[level] >= LEVEL_RANKS[least];
}

/** The level of an event that has none of its own. @internal */
export function defaultLevel(type: EventType): LineLevel {
  if (type === 'ERROR_EVENT') return 'error';
  return type === 'SECURITY_EVENT' ? 'warn' : 'info';
}
