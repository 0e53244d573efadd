import type { StandardSchema } from '../../../config/index.js';
import type { PlatformAbortSignal } from '../../../core/platform.js';
import { isSensitiveKey } from '../../../core/sensitive-names.js';
import { oneLine } from '../../../core/printable.js';
import { firstOf } from '../report.js';
import { contentOf, isPlainName, tells } from './content.js';

const MOST_ISSUES = 1_000;
const MOST_SHOWN = 5;

/** What of the file does not fit, in words; nothing when all of it does. @internal */
export type Fit = { readonly misfit?: string } | { readonly crashed: string };

/** Holds what a file says against its schema. @internal */
export async function fits(
  schema: StandardSchema,
  values: readonly unknown[],
  secret: boolean,
  signal: PlatformAbortSignal,
): Promise<Fit> {
  const places: string[] = [];
  for (const [i, value] of values.entries()) {
    const document = values.length > 1 ? `document ${String(i + 1)}` : '';
    let answer: unknown;
    let issues: unknown;
    try {
      answer = await untilAborted(schema['~standard'].validate(value), signal);
      issues = (answer as { readonly issues?: unknown }).issues;
    } catch {
      if (signal.aborted) return { crashed: 'its schema did not answer in time' };
      // What was thrown may quote the file.
      return { crashed: 'its schema threw while it was held against it' };
    }
    // What fits has a value, and everything else is no answer: not even an empty object is one.
    if (issues === undefined && typeof answer === 'object' && answer !== null && 'value' in answer) continue;
    if (!Array.isArray(issues)) return { crashed: 'its schema answered what is no answer of a Standard Schema' };
    // A message is searched for each value of the file: only those that are shown are worth that.
    const seen = secret || places.length >= MOST_SHOWN ? undefined : contentOf(value);
    for (const issue of (issues as unknown[]).slice(0, MOST_ISSUES))
      places.push(placeOf(document, value, issue, places.length < MOST_SHOWN ? seen : undefined));
    if (issues.length === 0) places.push(document === '' ? 'the whole' : document);
  }
  return places.length === 0 ? {} : { misfit: firstOf([...new Set(places)], MOST_SHOWN) };
}

/** What is answered; rejects when nobody waits for it any more. */
function untilAborted(answer: unknown, signal: PlatformAbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new Error('nobody waits any more'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    void Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', giveUp);
      });
  });
}

function placeOf(document: string, value: unknown, issue: unknown, seen: ReadonlySet<string> | undefined): string {
  const { path, message } = readIssue(issue);
  let inner = value;
  let shown = document;
  let isSecret = seen === undefined;
  for (const key of path) {
    const name = typeof key === 'number' ? `[${String(key)}]` : isPlainName(key) ? key : '[?]';
    shown += shown === '' || name.startsWith('[') ? name : `.${name}`;
    if (typeof key === 'string' && isSensitiveKey(key)) isSecret = true;
    inner = read(inner, key);
  }
  const place = shown === '' ? 'the whole' : shown;
  if (isSecret || seen === undefined || message === '' || tells(message, inner, seen)) return place;
  return `${place} (${message})`;
}

function readIssue(issue: unknown): { readonly path: readonly (string | number)[]; readonly message: string } {
  const { path, message } = (typeof issue === 'object' && issue !== null ? issue : {}) as {
    readonly path?: unknown;
    readonly message?: unknown;
  };
  const keys = Array.isArray(path) ? (path as unknown[]).slice(0, 20) : [];
  return {
    // A step is a key, or an object that has one.
    path: keys.map((step) => {
      const key = typeof step === 'object' && step !== null ? (step as { readonly key?: unknown }).key : step;
      return typeof key === 'string' || typeof key === 'number' ? key : '?';
    }),
    message: typeof message === 'string' && message.length <= 200 ? oneLine(message) : '',
  };
}

function read(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[key];
}
