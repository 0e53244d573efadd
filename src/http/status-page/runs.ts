import type { Component } from '../../core/component.js';
import { type Mark, markOf, worstFirst } from './marks.js';
import {
  type Answer,
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
import type { LifecycleSource } from './sources.js';
import type { ResultLine, Run, StepLine } from './status-data.js';
import { durationText, instantText, plural } from './words.js';

/** A lifecycle's report, or why it cannot be read; `undefined` when nobody has one. @internal */
export function lifecycleReport(
  lifecycle: LifecycleSource | undefined,
  components: readonly Component[],
): Answer<Fields> | undefined {
  const tells = typeof lifecycle?.snapshot === 'function' ? (lifecycle as { snapshot(): object }) : undefined;
  const source = tells ?? components.find((component) => fieldsOfPart(component).kind === 'application-lifecycle');
  return source && snapshotOf(source);
}

/** How a start went, or goes. @internal */
export function startRun(answer: Answer<Fields> | undefined): Run | undefined {
  if (answer !== undefined && 'trouble' in answer) {
    return { mark: { tone: 'warn', word: 'Cannot be read' }, summary: answer.trouble, totalMs: 0, steps: [] };
  }
  const report = answer?.value;
  const start = fieldsOf(report?.start);
  const totalMs = numberOf(start.durationMs);
  if (totalMs === undefined) return undefined;
  const starting = report?.phase === 'STARTING';
  const ended: Mark = start.ok === true ? { tone: 'ok', word: 'Started' } : { tone: 'bad', word: 'Failed' };
  return {
    mark: starting ? { tone: 'warn', word: 'Starting' } : ended,
    summary: sentence([beganText(start), `${starting ? 'for' : 'took'} ${durationText(totalMs)}`]),
    totalMs,
    steps: stepLines(start.steps),
  };
}

/** How a stop goes. @internal */
export function stopRun(answer: Answer<Fields> | undefined): Run | undefined {
  const report = answer !== undefined && 'value' in answer ? answer.value : undefined;
  const stop = fieldsOf(report?.stop);
  const totalMs = numberOf(stop.durationMs);
  if (totalMs === undefined) return undefined;
  const stopped = report?.phase === 'STOPPED';
  const ended: Mark = { tone: stop.ok === true ? 'ok' : 'bad', word: 'Stopped' };
  return {
    mark: stopped ? ended : { tone: 'warn', word: 'Draining' },
    summary: sentence([
      textOf(stop.reason),
      beganText(stop),
      `${stopped ? 'took' : 'for'} ${durationText(totalMs)}`,
      leftText(numberOf(report?.requestsInFlight), 'request'),
      leftText(numberOf(report?.trackedWork), 'piece of work', 'pieces of work'),
    ]),
    totalMs,
    steps: stepLines(stop.steps),
  };
}

function beganText({ startedAt }: Fields): string | undefined {
  const at = instantText(numberOf(startedAt) ?? NaN);
  return at === undefined ? undefined : `began ${at}`;
}

function leftText(count: number | undefined, one: string, many?: string): string | undefined {
  return count === undefined || count === 0 ? undefined : `${plural(count, one, many)} still going on`;
}

function sentence(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

function stepLines(steps: unknown): StepLine[] {
  const lines = listOf(steps)
    .map(fieldsOf)
    .map(({ name, status, atMs, durationMs, message }) => ({
      name: nameOf(name),
      mark: markOf(wordOf(status) ?? 'UNKNOWN'),
      atMs: positive(atMs),
      durationMs: positive(durationMs),
      message: textOf(message),
    }));
  return lines.sort((a, b) => a.atMs - b.atMs);
}

function positive(value: unknown): number {
  const number = numberOf(value) ?? 0;
  return number > 0 && number !== Infinity ? number : 0;
}

/** The last results of a deployment checker among the components; `undefined` when there is none. @internal */
export function deploymentLines(components: readonly Component[]): ResultLine[] | undefined {
  const checker = components.find((component) => fieldsOfPart(component).kind === 'deployment-checker');
  if (checker === undefined) return undefined;
  const answer = snapshotOf(checker);
  if ('trouble' in answer) {
    const { name } = fieldsOfPart(checker);
    return [{ name, mark: markOf('WARN'), message: undefined, hint: undefined, trouble: answer.trouble }];
  }
  const lines = listOf(answer.value.results)
    .map(fieldsOf)
    .map(({ id, name, status, message, hint }) => ({
      name: nameOf(name ?? id),
      mark: markOf(wordOf(status) ?? 'UNKNOWN'),
      message: textOf(message),
      hint: textOf(hint),
    }));
  return worstFirst(lines, ({ mark }) => mark.tone);
}
