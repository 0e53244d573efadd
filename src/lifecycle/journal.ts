import type { Component } from '../core/component.js';
import { errorStack, errorText } from '../core/error-text.js';
import { redactText } from '../core/redaction.js';
import type { Reporter } from '../core/reporter.js';
import { quiet } from '../core/thenable.js';
import type { LifecycleStep } from './report.js';

/** Where a lifecycle writes what it does: a `StructuredLogger`, or anything with its `event` method. */
export interface LifecycleLogger {
  /** Writes one event. */
  event(type: 'SYSTEM_EVENT' | 'ERROR_EVENT', message: string, fields?: object): unknown;
  /** Sees to it that everything is written; waited for at the end of a stop. */
  flush?(timeoutMs?: number): unknown;
}

/** Says what happens. A logger that throws, or that is not there, stops nothing. @internal */
export class Journal {
  readonly #logger: LifecycleLogger | undefined;
  readonly #reporter: Reporter;
  readonly #base: object;

  constructor(logger: LifecycleLogger | undefined, reporter: Reporter, base: object) {
    this.#logger = logger;
    this.#reporter = reporter;
    this.#base = base;
  }

  note(message: string, fields: object = {}): void {
    this.#write('SYSTEM_EVENT', message, fields);
  }

  /** Without a logger it is a warning: a process that ends must not do so without a word. */
  trouble(code: `BREAKWATER_W_${string}`, message: string, fields: object = {}): void {
    if (this.#logger === undefined) this.#reporter.warn(code, message);
    else this.#write('ERROR_EVENT', message, { code, ...fields });
  }

  /** A step by itself is only logged: without a logger the end says what went wrong. */
  step(during: string, { name, status, ...times }: LifecycleStep): void {
    const isBad = status === 'FAILED' || status === 'TIMED_OUT';
    this.#write(isBad ? 'ERROR_EVENT' : 'SYSTEM_EVENT', `${during}: ${name}`, { status, ...times });
  }

  /** What was thrown, as text: not every logger masks what an error holds. */
  fatal(kind: string, error: unknown): void {
    if (this.#logger === undefined) {
      this.#reporter.warn('BREAKWATER_W_FATAL_ERROR', `${kind}: ${redactText(errorStack(error), 4_000)}`);
      return;
    }
    const fields = { code: 'BREAKWATER_W_FATAL_ERROR', stack: redactText(errorStack(error), 4_000) };
    this.#write('ERROR_EVENT', `${kind}: ${shown(error)}`, fields);
  }

  async flush(ms: number): Promise<void> {
    await this.#logger?.flush?.(ms);
  }

  #write(type: 'SYSTEM_EVENT' | 'ERROR_EVENT', message: string, fields: object): void {
    try {
      // Asynchronous by mistake, perhaps.
      quiet(this.#logger?.event(type, message, { ...this.#base, ...fields }));
    } catch (error) {
      this.#reporter.listenerError(error);
    }
  }
}

/** Error text that may be shown. @internal */
export function shown(error: unknown, longest = 500): string {
  return redactText(errorText(error), longest);
}

/** How the parts are doing, in a few words each. @internal */
export function stateOf(components: readonly Component[]): object[] {
  return components.map((component) => {
    try {
      const { state } = component.snapshot() as { readonly state?: unknown };
      const health = component.health?.();
      return {
        kind: component.kind,
        name: component.name,
        ...(typeof state === 'string' ? { state } : {}),
        ...(health === undefined ? {} : { status: health.status }),
        ...(health?.message === undefined ? {} : { message: redactText(health.message, 200) }),
      };
    } catch (error) {
      return { kind: component.kind, name: component.name, message: `cannot be read: ${shown(error, 200)}` };
    }
  });
}
