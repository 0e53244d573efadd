import { followed } from '../../internal/followed.js';
import type { Entry } from './prefix.js';

/** How an operation ended. */
export type OperationOutcome = 'success' | 'failure';

/** Something that takes time: it started, and it ends once, in success or failure. */
export interface Operation extends Disposable {
  /** Its name, in its lines as `operation`. */
  readonly name: string;
  /** Adds fields to the line that tells of its end. */
  set(fields: object): void;
  /** Ends it in success, with a line that says how long it took. Only the first end counts. */
  end(fields?: object): void;
  /** Ends it in failure: an `ERROR_EVENT` with `error` under `err`. Only the first end counts. */
  fail(error: unknown, fields?: object): void;
  /** Runs `fn` so that its lines, and those of all that it causes, carry the operation's name. */
  run<T>(fn: () => T): T;
}

/** What an operation needs of its logger. @internal */
export interface OperationHost {
  /** The operation within which it was started, if any. */
  readonly outer: RunningOperation | undefined;
  now(): number;
  entry(name: string, value: unknown): Entry;
  /** Fields over others, whatever reading them does. */
  merged(fields: object, over: object): Record<string, unknown>;
  /** Runs within the operation's frame. */
  run<T>(operation: RunningOperation, fn: () => T): T;
  write(
    operation: RunningOperation,
    type: 'SYSTEM_EVENT' | 'ERROR_EVENT',
    message: string,
    own: readonly Entry[],
    fields: object,
  ): void;
  /** Some that were started inside of it still run. */
  endedTooEarly(name: string): void;
}

/** @internal */
export class RunningOperation implements Operation {
  readonly name: string;
  readonly #host: OperationHost;
  readonly #startedAtMs: number;
  #fields: Record<string, unknown>;
  #open = 0;
  #hasEnded = false;

  constructor(name: string, host: OperationHost, fields: object) {
    this.name = name;
    this.#host = host;
    this.#fields = host.merged({}, fields);
    this.#startedAtMs = host.now();
    if (host.outer !== undefined) host.outer.#open++;
    host.write(this, 'SYSTEM_EVENT', `${name} started`, [host.entry('operation', name)], this.#fields);
  }

  set(fields: object): void {
    this.#fields = this.#host.merged(this.#fields, fields);
  }

  end(fields?: object): void {
    this.#end(fields, undefined);
  }

  fail(error: unknown, fields?: object): void {
    this.#end(fields, { error });
  }

  run<T>(fn: () => T): T {
    return this.#host.run(this, fn);
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #end(fields: object | undefined, failed: { readonly error: unknown } | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const host = this.#host;
    if (host.outer !== undefined) host.outer.#open--;
    if (fields !== undefined) this.set(fields);
    const outcome: OperationOutcome = failed === undefined ? 'success' : 'failure';
    const own = [
      host.entry('operation', this.name),
      host.entry('outcome', outcome),
      host.entry('durationMs', Math.round((host.now() - this.#startedAtMs) * 1_000) / 1_000),
    ];
    if (this.#open > 0) {
      own.push(host.entry('stillOpen', this.#open));
      // One that failed may leave the others behind, as a failed `Promise.all` does.
      if (failed === undefined) host.endedTooEarly(this.name);
    }
    if (failed === undefined) host.write(this, 'SYSTEM_EVENT', `${this.name} ended`, own, this.#fields);
    else {
      own.push(host.entry('err', failed.error === undefined ? 'undefined' : failed.error));
      host.write(this, 'ERROR_EVENT', `${this.name} failed`, own, this.#fields);
    }
  }
}

/**
 * Runs `fn` within an operation and ends it as `fn` does: what it returns is returned and stays of its kind, what it throws
 * is thrown. Something that begins when it is awaited, such as a query, ends it when the caller has awaited it.
 * @internal
 */
export function runOperation<T>(operation: RunningOperation, fn: (operation: Operation) => T): T {
  return followed(
    () => operation.run(() => fn(operation)),
    (failed: boolean, error?: unknown) => {
      if (failed) operation.fail(error);
      else operation.end();
    },
  );
}
