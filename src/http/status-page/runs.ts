import type { Component } from '../../core/component.js';
import { type Mark, markOf, worstFirst } from './marks.js';
import {
  asked,
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

/** A lifecycle's report, if there is one to be had. @internal */
export function lifecycleReport(
  lifecycle: LifecycleSource | undefined,
  components: readonly Component[],
): Fields | undefined {
  const tells = typeof lifecycle?.snapshot === 'function' ? (lifecycle as { snapshot(): object }) : undefined;
  const source = tells ?? components.find((component) => fieldsOfPart(component).kind === 'application-lifecycle');
  if (source === undefined) return undefined;
  const answer = asked('snapshot()', () => source.snapshot());
  return 'trouble' in answer ? undefined : answer.value;
}

/** How a start went, or goes. @internal */
export function startRun(report: Fields | undefined): Run | undefined {
  const start = fieldsOf(report?.start);
  const totalMs = numberOf(start.durationMs);
  if (totalMs === undefined) return undefined;
  const steps = stepLines(start.steps);
  const starting = report?.phase === 'STARTING';
  const mark: Mark =
    start.ok === true
      ? { tone: 'ok', word: 'Started' }
      : starting
        ? { tone: 'warn', word: 'Starting' }
        : { tone: 'bad', word: 'Failed' };
  const summary = [beganText(start), `${starting ? 'for' : 'took'} ${durationText(totalMs)}`];
  return { mark, summary: sentence(summary), totalMs, steps };
}

/** How a stop goes. @internal */
export function stopRun(report: Fields | undefined): Run | undefined {
  const stop = fieldsOf(report?.stop);
  const totalMs = numberOf(stop.durationMs);
  if (totalMs === undefined) return undefined;
  const stopped = report?.phase === 'STOPPED';
  const tone = stop.ok === true ? 'ok' : 'bad';
  const summary = [
    textOf(stop.reason),
    beganText(stop),
    `${stopped ? 'took' : 'for'} ${durationText(totalMs)}`,
    leftText(numberOf(report?.requestsInFlight), 'request'),
    leftText(numberOf(report?.trackedWork), 'piece of work', 'pieces of work'),
  ];
  return {
    mark: stopped ? { tone, word: 'Stopped' } : { tone: 'warn', word: 'Draining' },
    summary: sentence(summary),
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
