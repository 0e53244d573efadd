import { AWAITS_CALL, awaitsCall, type Component } from '../../core/component.js';
import { isThenable } from '../../core/thenable.js';

/** More of them are a number: a registry may have a breaker for each tenant. */
const MOST_LISTED = 20;

interface Listed {
  readonly name: string;
  readonly state: string;
}

/**
 * A component that keeps breakers, with these in its health as well: which of them are not closed, and how many there are by
 * state. Any other component is itself.
 * @internal
 */
export function withItsBreakers(component: Component): Component {
  const list = listing(component);
  if (list === undefined || typeof component.health !== 'function') return component;
  const { kind, name } = component;
  const shown: Component & { [AWAITS_CALL](): boolean } = {
    kind,
    name,
    snapshot: () => component.snapshot(),
    subscribe: (listener) => component.subscribe(listener),
    health() {
      const health = component.health?.() as ReturnType<NonNullable<Component['health']>>;
      // Asynchronous by mistake: whoever asks knows what to make of that.
      return isThenable(health) ? health : Object.assign({ details: list(component.snapshot()) }, health);
    },
    [AWAITS_CALL]: () => awaitsCall(component),
  };
  return shown;
}

function listing({ kind }: Component): ((snapshot: object) => object) | undefined {
  if (kind === 'circuit-breaker-registry') return ofRegistry;
  return kind === 'error-recovery-service' ? ofRecovery : undefined;
}

function ofRegistry(snapshot: object): object {
  const { byState, notClosed } = snapshot as { readonly byState?: unknown; readonly notClosed?: unknown };
  return { breakersByState: byState, notClosed: shortList(notClosed, 'name', 'state') };
}

function ofRecovery(snapshot: object): object {
  const { services } = snapshot as { readonly services?: unknown };
  const called = shortList(services, 'service', 'breaker', Infinity);
  const byState: Record<string, number> = {};
  for (const { state } of called) byState[state] = (byState[state] ?? 0) + 1;
  return {
    breakersByState: byState,
    notClosed: called.filter(({ state }) => state !== 'CLOSED').slice(0, MOST_LISTED),
  };
}

/** Names and states of a list, of whatever copy of the package. */
function shortList(list: unknown, nameKey: string, stateKey: string, most = MOST_LISTED): Listed[] {
  if (!Array.isArray(list)) return [];
  return list
    .flatMap((item: unknown): Listed[] => {
      const { [nameKey]: name, [stateKey]: state } = (item ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof name !== 'string' || typeof state !== 'string') return [];
      return [{ name, state }];
    })
    .slice(0, most);
}
