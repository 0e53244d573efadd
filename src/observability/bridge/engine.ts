import type { ComponentEvent } from '../../core/component.js';
import { redactValue } from '../../core/redaction.js';
import { inWords } from './words.js';

/** A component by what it is shown as. @internal */
export interface Shown {
  readonly kind: string;
  readonly name: string;
}

/**
 * The kinds of components whose events are `SECURITY_EVENT` unless they are errors: those that refuse clients. With the
 * option `security` any component can be one of them, or none.
 */
export const SECURITY_KINDS: readonly string[] = /* @__PURE__ */ Object.freeze([
  'rate-limiter',
  'per-user-rate-limiter',
  'abuse-detector',
  'ddos-protection',
  'hardening',
]);

/** A level that there is; an own component may say anything. @internal */
export function levelOf(level: unknown): ComponentEvent['level'] {
  return level === 'error' || level === 'warn' ? level : 'info';
}

/** What kind of event a line tells of. @internal */
export function eventTypeOf(
  level: ComponentEvent['level'],
  security: boolean,
): 'ERROR_EVENT' | 'SECURITY_EVENT' | 'SYSTEM_EVENT' {
  if (level === 'error') return 'ERROR_EVENT';
  return security ? 'SECURITY_EVENT' : 'SYSTEM_EVENT';
}

/** A line's message: `circuit-breaker payments: state change`. @internal */
export function messageOf({ kind, name }: Shown, type: string): string {
  return `${kind} ${name}: ${inWords(type)}`;
}

/** Names that mean something else in a line: those of the bridge, and those that every line of a logger has. */
const TAKEN: readonly string[] = /* @__PURE__ */ Object.freeze([
  'component',
  'componentKind',
  'componentEvent',
  'severity',
  'suppressed',
  'data',
  'time',
  'level',
  'event',
  'msg',
]);

/**
 * A line's fields: whose event it is, what, how severe, and the event's data beside them, with secrets masked. What has
 * the name of another field, or no name at all, is under `data`.
 * @internal
 */
export function fieldsOf(
  { kind, name }: Shown,
  type: string,
  level: ComponentEvent['level'],
  suppressed: number,
  data: unknown,
): Readonly<Record<string, unknown>> {
  const shown = redactValue(data);
  const named = typeof shown === 'object' && shown !== null && !Array.isArray(shown) ? Object.entries(shown) : [];
  const taken = named.filter(([key]) => TAKEN.includes(key));
  const nameless = named.length === 0 && shown !== undefined && !isEmptyObject(shown) ? { data: shown } : {};
  return {
    component: name,
    componentKind: kind,
    componentEvent: type,
    severity: level,
    ...(suppressed > 0 ? { suppressed } : {}),
    ...Object.fromEntries(named.filter(([key]) => !TAKEN.includes(key))),
    ...(taken.length > 0 ? { data: Object.fromEntries(taken) } : nameless),
  };
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
