import type { Component } from '../../core/component.js';
import { errorText } from '../../core/error-text.js';
import { type HealthStatus, isHealthStatus } from '../../core/health-status.js';
import { oneLine } from '../../core/printable.js';
import { redactLine, redactName } from '../../core/redaction.js';
import { quiet } from '../../core/thenable.js';

const LONGEST = 200;
const MOST_FIELDS = 200;

/** The own fields of something, read once. @internal */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of whatever was given: none of what is no object, or cannot be read. @internal */
export function fieldsOf(value: unknown): Fields {
  const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (typeof value !== 'object' || value === null) return fields;
  try {
    for (const key of Object.keys(value).slice(0, MOST_FIELDS)) fields[key] = fieldOf(value, key);
  } catch {
    // There is nothing more to be had of it.
  }
  return fields;
}

function fieldOf(value: object, key: string): unknown {
  try {
    return (value as Fields)[key];
  } catch {
    return undefined;
  }
}

/** The items of a list, or the first of them; none of what is no list. @internal */
export function listOf(value: unknown, most = Infinity): readonly unknown[] {
  try {
    return Array.isArray(value) ? Array.from((value as unknown[]).slice(0, most)) : [];
  } catch {
    return [];
  }
}

/** A number, `Infinity` included. @internal */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
}

/** Text as it may be shown: in one line, with secrets masked, at most 200 characters. @internal */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? redactLine(value, LONGEST) : undefined;
}

/** The same for a name: what only looks like a field, such as `token:refresh`, is none. @internal */
export function nameOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? redactName(oneLine(value), LONGEST) : 'without a name';
}

/** A word of a state, such as `HALF_OPEN`; anything else is nothing. @internal */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z][A-Z_]{0,39}$/.test(value) ? value : undefined;
}

/** What a call gave, or why it gave nothing that can be shown. @internal */
export type Answer<T> = { readonly value: T } | { readonly trouble: string };

/**
 * Asks a part something that it has to answer at once. Whatever goes wrong stays here, and is said in words.
 *
 * @param what - names the call, such as `snapshot()`.
 * @internal
 */
export function asked(what: string, ask: () => unknown): Answer<Fields> {
  try {
    const value = ask();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { trouble: `${what} gave no object` };
    }
    if (typeof (value as { then?: unknown }).then === 'function') {
      // Asynchronous by mistake; its rejection must not end the process.
      quiet(value);
      return { trouble: `${what} gave a promise` };
    }
    return { value: fieldsOf(value) };
  } catch (error) {
    return { trouble: `${what} failed: ${textOf(errorText(error)) ?? 'for no reason that it gave'}` };
  }
}

/** @internal */
export function snapshotOf(part: { snapshot(): object }): Answer<Fields> {
  return asked('snapshot()', () => part.snapshot());
}

/** What a part says of its own health; `undefined` when it says nothing. @internal */
export function healthOf(component: Component): Answer<Finding> | undefined {
  const { health } = fieldsOfPart(component);
  if (typeof health !== 'function') return undefined;
  const answer = asked('health()', () => component.health?.());
  if ('trouble' in answer) return answer;
  const { status, message } = answer.value;
  if (!isHealthStatus(status)) return { trouble: 'health() gave no status' };
  const text = textOf(message);
  return { value: text === undefined ? { status } : { status, message: text } };
}

/** @internal */
export interface Finding {
  readonly status: HealthStatus;
  readonly message?: string;
}

/** What a part has on itself and from its class; reading it may throw. @internal */
export function fieldsOfPart(part: object): { readonly kind: string; readonly name: string; readonly health: unknown } {
  const read = (key: 'kind' | 'name' | 'health'): unknown => fieldOf(part, key);
  return { kind: nameOf(read('kind')), name: nameOf(read('name')), health: read('health') };
}
