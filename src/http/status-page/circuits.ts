import type { Component } from '../../core/component.js';
import { markOf, worstFirst } from './marks.js';
import {
  type Fields,
  fieldsOf,
  fieldsOfPart,
  listOf,
  nameOf,
  numberOf,
  snapshotOf,
  textOf,
  wordOf,
} from './reading.js';
import type { CircuitLine } from './status-data.js';
import { countText, durationText } from './words.js';

/** The worst first. */
const STATES = /* @__PURE__ */ Object.freeze(['OPEN', 'ISOLATED', 'HALF_OPEN', 'DISABLED', 'CLOSED'] as const);
/** What a registry or a pipeline lists of its breakers. */
const MOST_LISTED = 20;

/** The circuit breakers among the components, those in registries and pipelines too, what is wrong first. @internal */
export function circuitLines(components: readonly Component[]): CircuitLine[] {
  return worstFirst(components.flatMap(linesOf), ({ mark }) => mark.tone);
}

function linesOf(component: Component): CircuitLine[] {
  const { kind, name } = fieldsOfPart(component);
  if (kind !== 'circuit-breaker' && kind !== 'circuit-breaker-registry' && kind !== 'pipeline') return [];
  const answer = snapshotOf(component);
  // A pipeline that cannot be read says so among the others.
  if ('trouble' in answer) return kind === 'pipeline' ? [] : [{ ...NOTHING, name, trouble: answer.trouble }];
  const { value } = answer;
  if (kind === 'circuit-breaker') return [breaker(name, value)];
  if (kind === 'circuit-breaker-registry') {
    const listed = listOf(value.notClosed, MOST_LISTED).map(fieldsOf);
    const lines = listed.map((one) => ({ ...breaker(`${name} / ${nameOf(one.name)}`, one), states: [] }));
    return [registry(name, value), ...lines];
  }
  return listOf(value.parts, MOST_LISTED)
    .map(fieldsOf)
    .filter((part) => part.kind === 'circuit-breaker' && part.snapshot !== undefined)
    .map((part) => fieldsOf(part.snapshot))
    .map((one) => breaker(`${name} / ${nameOf(one.name)}`, one));
}

const NOTHING: CircuitLine = /* @__PURE__ */ Object.freeze<CircuitLine>({
  name: '',
  mark: { tone: 'warn', word: 'Unknown' },
  states: [],
  shadow: false,
  inRow: undefined,
  failures: undefined,
  rejected: undefined,
  probe: undefined,
  error: undefined,
});

function breaker(name: string, snapshot: Fields): CircuitLine {
  const counts = fieldsOf(snapshot.counts);
  const state = wordOf(snapshot.state);
  return {
    ...NOTHING,
    name,
    ...(state === undefined ? {} : { mark: markOf(state), states: [[state, 1]] }),
    shadow: snapshot.mode === 'shadow',
    inRow: numberOf(counts.consecutiveFailures),
    failures: numberOf(counts.failures),
    rejected: numberOf(counts.rejected),
    probe: probeOf(state, snapshot, counts),
    error: textOf(snapshot.isolatedBecause) ?? errorOf(snapshot.lastError),
  };
}

function probeOf(state: string | undefined, { remainingMs }: Fields, { probesInFlight }: Fields): string | undefined {
  if (state === 'ISOLATED') return 'when it is released';
  if (state === 'HALF_OPEN') return Number(probesInFlight) > 0 ? 'now' : 'with the next call';
  const left = state === 'OPEN' ? numberOf(remainingMs) : undefined;
  if (left === undefined) return undefined;
  return left <= 0 ? 'with the next call' : `in ${durationText(left)}`;
}

/** By its code, which says more in fewer words than its message, where it has one. */
function errorOf(error: unknown): string | undefined {
  const { code, name, message } = fieldsOf(error);
  return textOf(code) ?? textOf([name, message].filter((text) => typeof text === 'string' && text !== '').join(': '));
}

function registry(name: string, snapshot: Fields): CircuitLine {
  const byState = fieldsOf(snapshot.byState);
  const states = STATES.flatMap((state) => {
    const count = numberOf(byState[state]) ?? 0;
    return count > 0 ? [[state, count] as const] : [];
  });
  const { tone } = markOf(states[0]?.[0] ?? 'CLOSED');
  return { ...NOTHING, name, mark: { tone, word: statesText(states) ?? 'No breakers yet' }, states };
}

/** How many are in which state, the worst first: `1 open, 3 closed`; `undefined` for none. @internal */
export function statesText(states: CircuitLine['states']): string | undefined {
  const said = states.map(([state, count]) => `${countText(count)} ${markOf(state).word.toLowerCase()}`);
  return said.length === 0 ? undefined : said.join(', ');
}

/** The states of all circuits together, the worst first. @internal */
export function statesOf(lines: readonly CircuitLine[]): CircuitLine['states'] {
  const all = lines.flatMap(({ states }) => states);
  const count = (state: string): number =>
    all.filter(([one]) => one === state).reduce((sum, [, number]) => sum + number, 0);
  return STATES.map((state) => [state, count(state)] as const).filter(([, number]) => number > 0);
}
