import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { nearest } from '../../core/spelling.js';
import { EventType } from './event-type.js';
import { LOG_LEVELS } from './levels.js';

/** @internal */
export function checkEvent(type: unknown): void {
  if (typeof type === 'string' && Object.hasOwn(EventType, type)) return;
  throw notOneOf('event: type', type, Object.keys(EventType));
}

/** @internal */
export function checkLevel(method: string, level: unknown, mayBeSilent: boolean): void {
  const levels: readonly string[] = mayBeSilent ? LOG_LEVELS : LOG_LEVELS.filter((name) => name !== 'silent');
  if (!levels.includes(level as string)) throw notOneOf(`${method}: level`, level, levels);
}

function notOneOf(what: string, value: unknown, words: readonly string[]): InvalidArgumentError {
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  const hint = meant === undefined ? `got ${describe(value)}` : `did you mean '${meant}'?`;
  return new InvalidArgumentError(`${what} must be ${words.join(', ')}; ${hint}`);
}

/** @internal */
export function checkFields(method: string, fields: unknown): void {
  if (typeof fields === 'object' && fields !== null && !isList(fields)) return;
  throw new InvalidArgumentError(`${method}: the fields must be an object, got ${describe(fields)}`);
}

/** A proxy that was revoked is none; that nothing in it can be read is for whoever writes it. */
function isList(fields: object): boolean {
  try {
    return Array.isArray(fields);
  } catch {
    return false;
  }
}

/** @internal */
export function checkFunction(method: string, fn: unknown): void {
  if (typeof fn === 'function') return;
  throw new InvalidArgumentError(`${method}: expected a function, got ${describe(fn)}`);
}

/** @internal */
export function checkName(method: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  throw new InvalidArgumentError(
    `${method}: the name must be text, got ${name === '' ? 'an empty one' : describe(name)}`,
  );
}

/** @internal */
export function checkFlush(timeoutMs: unknown): void {
  if (typeof timeoutMs === 'number' && Number.isFinite(timeoutMs) && timeoutMs >= 0) return;
  throw new InvalidArgumentError(`flush: timeoutMs must be a finite number of ms from 0, got ${describe(timeoutMs)}`);
}
