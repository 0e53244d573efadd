import { printable } from '../../core/printable.js';
import type { ConfigOrigin, ConfigValue } from '../config-value.js';
import type { ConfigIssue, ConfigWarning } from '../issues.js';
import type { ProbeResult } from '../startup/probe.js';

/** What a summary tells. @internal */
export interface Summarised {
  readonly items: readonly ConfigValue[];
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigWarning[];
  /** What was tried to reach. */
  readonly probes?: readonly ProbeResult[];
}

const LONGEST_VALUE = 60;

/** Where text is shown, as far as its colours go: a stream such as `process.stdout`. */
export interface Terminal {
  /** Whether it shows colours; a file or a pipe has no such method. */
  hasColors?(): boolean;
}

/** Codes of colours. Source: ECMA-48, 8.3.117. */
const COLOURS = /* @__PURE__ */ Object.freeze({
  VALID: 32,
  DEFAULTED: 36,
  MISSING: 33,
  INVALID: 31,
  error: 31,
  warning: 33,
  PASS: 32,
  FAIL: 31,
  SKIPPED: 33,
  title: 1,
});

/** A line for each key, then what is wrong. Values of texts are not shown: nobody knows what is in them. @internal */
export function summaryText(
  name: string,
  { items, errors, warnings, probes = [] }: Summarised,
  terminal: Terminal | undefined,
): string {
  const paint = painter(terminal);
  const keys = new Set(items.map(({ key }) => key));
  const width = Math.max(0, ...items.map(({ key }) => key.length), ...probes.map(({ name: probe }) => probe.length));
  const line = (word: keyof typeof COLOURS, rest: string): string => `  ${paint(word, word.padEnd(9))}  ${rest}`;
  return [
    paint('title', `${name}: ${stateText(errors.length, probes)}`),
    ...items.flatMap((item, i) => [
      ...(item.section === undefined || item.section === items[i - 1]?.section
        ? []
        : [` ${paint('title', item.section)}`]),
      line(item.status, `${item.key.padEnd(width)}  ${shown(item)}`).trimEnd(),
    ]),
    // The others have a line of their own.
    ...errors.filter(({ key }) => !keys.has(key)).map(({ key, message }) => line('error', `${key} ${message}`)),
    ...warnings.map(({ key, message }) => line('warning', `${key} ${message}`)),
    ...probes.map((probe) => line(probe.status, `${probe.name.padEnd(width)}  ${probeText(probe)}`)),
    '',
  ].join('\n');
}

function stateText(errors: number, probes: readonly ProbeResult[]): string {
  const failed = probes.filter(({ status }) => status === 'FAIL').length;
  const config = errors === 0 ? 'valid' : `${String(errors)} ${errors === 1 ? 'error' : 'errors'}`;
  return failed === 0 ? config : `${config}, ${String(failed)} ${failed === 1 ? 'probe' : 'probes'} failed`;
}

function probeText({ status, message, durationMs }: ProbeResult): string {
  if (status === 'SKIPPED') return message ?? '';
  const took = `in ${String(Math.round(durationMs))} ms`;
  return message === undefined ? `reached ${took}` : `${message}, ${took}`;
}

function painter(terminal: Terminal | undefined): (word: keyof typeof COLOURS, text: string) => string {
  if (terminal?.hasColors?.() !== true) return (_, text) => text;
  return (word, text) => `\u001b[${String(COLOURS[word])}m${text}\u001b[0m`;
}

/** Types whose values say nothing secret by themselves, and URLs, whose credentials are masked. */
const PLAIN = ['int', 'float', 'bool', 'enum', 'duration', 'bytes', 'url'];

function shown({ type, status, value, origin, errors }: ConfigValue): string {
  if (errors.length > 0) return errors.map(({ message }) => message).join('; ');
  if (status === 'MISSING') return 'not set, and need not be';
  // A default is in the docs as well.
  const isShown =
    (PLAIN.includes(type) || status === 'DEFAULTED') &&
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean');
  const text = isShown ? String(value) : '[set]';
  const cut = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
  return `${printable(cut)}  ${originText(origin)}`;
}

function originText(origin: ConfigOrigin | undefined): string {
  if (origin === undefined) return '';
  if (origin.source === 'file') return `from ${origin.path ?? ''}`;
  if (origin.source === 'env') return 'from the environment';
  return origin.name === undefined ? 'default' : `default for ${origin.name}`;
}
