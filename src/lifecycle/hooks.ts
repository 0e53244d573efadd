import { errorText } from '../core/error-text.js';
import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import type { PlatformAbortSignal } from '../core/platform.js';
import { printable } from '../core/printable.js';
import { redactName, redactText } from '../core/redaction.js';
import { shortText } from '../core/short-text.js';
import { type Ordered, STOP_PHASES, type StopPhase } from './engine.js';

/** What a hook is told about its run. */
export interface LifecycleHookContext {
  /** Aborts when the hook took longer than it may, and for a start hook also when the start is given up. */
  readonly signal: PlatformAbortSignal;
}

/** Starts or stops one thing. What it returns is waited for; what it throws makes its step fail. */
export type LifecycleHook = (context: LifecycleHookContext) => unknown;

/** @internal */
export interface StartHook extends Ordered {
  readonly run: LifecycleHook;
  readonly timeoutMs: number | undefined;
}

/** @internal */
export interface StopHook {
  readonly name: string;
  readonly phase: StopPhase;
  readonly run: LifecycleHook;
  readonly timeoutMs: number | undefined;
}

/** The hooks, as they were registered. @internal */
export class Hooks {
  readonly starts: StartHook[] = [];
  readonly #stops: StopHook[] = [];

  addStart(hook: StartHook): void {
    if (this.starts.some(({ name }) => name === hook.name)) {
      throw new InvalidArgumentError(`onStart: there is a start hook '${hook.name}' already; choose another name`);
    }
    this.starts.push(hook);
  }

  addStop(hook: StopHook): void {
    if (this.#stops.some(({ name, phase }) => name === hook.name && phase === hook.phase)) {
      throw new InvalidArgumentError(
        `onStop: there is a stop hook '${hook.name}' in the phase '${hook.phase}' already; choose another name`,
      );
    }
    this.#stops.push(hook);
  }

  get stopCount(): number {
    return this.#stops.length;
  }

  /** The stop hooks of some phases in the order in which they run: phase by phase, last registered first. */
  stops(phases: readonly StopPhase[] = STOP_PHASES): StopHook[] {
    return phases.flatMap((phase) => this.#stops.filter((hook) => hook.phase === phase).reverse());
  }

  /** Whether something of that name was to be started. */
  isStarted(name: string): boolean {
    return this.starts.some((hook) => hook.name === name);
  }
}

/** A name as it is shown. @internal */
export function hookName(method: string, name: unknown): string {
  return redactName(shortText(method, 'the name', name));
}

/** @internal */
export function hookFunction(method: string, name: string, run: unknown): LifecycleHook {
  if (typeof run === 'function') return run as LifecycleHook;
  throw new InvalidArgumentError(`${method}: the hook '${name}' must be a function, got ${describe(run)}`);
}

/** A reason as it is shown, whatever was given for one: a stop must not fail over its label. @internal */
export function shownReason(reason: unknown): string {
  return redactText(printable(errorText(reason)), 200);
}

/** Stop hooks that ask for more time than there is would be cut short when it matters. @internal */
export function hookWarning(hooks: Hooks, drainMs: number, budgetMs: number): string | undefined {
  const askedMs = hooks.stops().reduce((sum, { timeoutMs = 0 }) => sum + timeoutMs, drainMs);
  if (askedMs <= budgetMs) return undefined;
  return (
    `the drain delay and the timeouts of the stop hooks add up to ${String(askedMs)} ms, more than ` +
    `budgetMs (${String(budgetMs)})`
  );
}
