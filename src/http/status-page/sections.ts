import { type Content, type Markup, markup } from './escape.js';
import { sparkline } from './sparkline.js';
import type { BanLine, CheckLine, CircuitLine, LimiterLine, Run, StatusData, StepLine } from './status-data.js';
import { type Column, mark, named, pairs, table } from './tables.js';
import { bar, spanOf } from './timeline.js';
import { countText, durationText, plural } from './words.js';

/** What each table may take of the page, which stays below 200 kB whatever there is to show. */
const SHARES = /* @__PURE__ */ Object.freeze({
  checks: { most: 50, mostBytes: 50_000 },
  circuits: { most: 50, mostBytes: 25_000 },
  limits: { most: 30, mostBytes: 15_000 },
  blocked: { most: 100, mostBytes: 30_000 },
  flagged: { most: 20, mostBytes: 10_000 },
  deployment: { most: 50, mostBytes: 12_000 },
  run: { most: 50, mostBytes: 12_000 },
  others: { most: 30, mostBytes: 20_000 },
});

/** The part of the page about one thing. @internal */
export function section(id: string, title: string, body: Content, note?: Content): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${
    note !== undefined && markup`<p class="note">${note}</p>`
  }${body}</section>
`;
}

function none(text: string): Markup {
  return markup`<p class="none">${text}</p>`;
}

/** @internal */
export function checksSection({ checks }: StatusData): Markup {
  const columns: Column<CheckLine>[] = [
    { label: 'Check', cell: ({ name, critical }) => named(name, critical && 'critical') },
    { label: 'Status', cell: (line) => mark(line.mark), state: true },
    { label: 'Message', cell: ({ message }) => message, plain: true },
    { label: 'Response times', cell: ({ samples }) => sparkline(samples), plain: true },
    { label: 'Took', cell: ({ responseTimeMs }) => duration(responseTimeMs), numeric: true },
    { label: 'Age', cell: ({ ageMs }) => duration(ageMs), numeric: true },
  ];
  const trouble = checks.trouble === undefined ? undefined : `There is no report: ${checks.trouble}`;
  const shown =
    checks.lines.length === 0
      ? none(trouble ?? 'No checks are registered.')
      : table({ caption: 'Health checks, what is wrong first', columns, ...checks, ...SHARES.checks });
  return section('checks', 'Health checks', shown);
}

/** @internal */
export function circuitsSection({ circuits }: StatusData): Markup | undefined {
  if (circuits.length === 0) return undefined;
  const columns: Column<CircuitLine>[] = [
    { label: 'Circuit', cell: ({ name, shadow }) => named(name, shadow && 'shadow mode') },
    { label: 'State', cell: (line) => mark(line.mark), state: true },
    { label: 'Next probe', cell: ({ probe }) => probe },
    { label: 'Last error', cell: ({ error }) => error },
    { label: 'Failures in a row', cell: ({ inRow }) => count(inRow), numeric: true },
    { label: 'Failures in all', cell: ({ failures }) => count(failures), numeric: true },
    { label: 'Refused', cell: ({ rejected }) => count(rejected), numeric: true },
  ];
  const shown = table({ caption: 'Circuit breakers, open ones first', columns, lines: circuits, ...SHARES.circuits });
  return section('circuits', 'Circuit breakers', shown);
}

/** @internal */
export function limitsSection({ limiters }: StatusData): Markup | undefined {
  if (limiters.length === 0) return undefined;
  const columns: Column<LimiterLine>[] = [
    { label: 'Limiter', cell: ({ name }) => named(name) },
    { label: 'Limit', cell: ({ limit }) => limit },
    { label: 'Mode', cell: ({ mode }) => (mode === 'shadow' ? mark({ tone: 'idle', word: mode }) : mode) },
    ...(limiters.some(({ store }) => store !== undefined) ? [{ label: 'Store', cell: storeCell }] : []),
    { label: 'Admitted', cell: ({ admitted }) => count(admitted), numeric: true },
    { label: 'Refused', cell: ({ refused }) => count(refused), numeric: true },
    { label: 'Keys', cell: ({ keys }) => count(keys), numeric: true },
    { label: 'Blocked', cell: ({ blocked }) => count(blocked), numeric: true },
  ];
  const shown = table({ caption: 'Limiters and what they decided', columns, lines: limiters, ...SHARES.limits });
  return section('limits', 'Limits', shown);
}

function storeCell({ store }: LimiterLine): Content {
  if (store === undefined) return undefined;
  const state = store.available
    ? mark({ tone: 'ok', word: 'Answers' })
    : mark({ tone: 'warn', word: 'Does not answer' });
  return [state, store.degraded > 0 && why(`${countText(store.degraded)} decided without`)];
}

/** @internal */
export function blockedSection({ bans }: StatusData): Markup | undefined {
  if (bans === undefined) return undefined;
  const columns: Column<BanLine>[] = [
    { label: 'Address', cell: ({ name }) => named(name) },
    { label: 'Reason', cell: ({ reason }) => reason },
    ...(new Set(bans.lines.map(({ limiter }) => limiter)).size > 1
      ? [{ label: 'By', cell: ({ limiter }: BanLine) => limiter }]
      : []),
    { label: 'Time left', cell: ({ remainingMs }) => remaining(remainingMs), numeric: true },
  ];
  const shown =
    bans.lines.length === 0
      ? none('Nobody is blocked.')
      : table({ caption: 'Addresses that are blocked now', columns, ...bans, ...SHARES.blocked });
  return section('blocked', 'Blocked addresses', shown);
}

/** @internal */
export function flaggedSection({ flags }: StatusData): Markup | undefined {
  if (flags === undefined) return undefined;
  const { lines, total, action, events, trouble } = flags;
  const shown =
    lines.length === 0
      ? none(trouble ?? (total > 0 ? `${countText(total)} flagged; the detector lists nobody.` : 'Nobody is flagged.'))
      : table({
          caption: 'Subjects that are flagged now, the highest score first',
          columns: [
            { label: 'Subject', cell: ({ name }) => named(name) },
            { label: 'Reasons', cell: ({ reasons }) => reasons },
            { label: 'Score', cell: ({ score }) => count(score), numeric: true },
            { label: 'Time left', cell: ({ remainingMs }) => remaining(remainingMs), numeric: true },
          ],
          lines,
          total,
          ...SHARES.flagged,
        });
  const note = events === undefined ? action : `${plural(events, 'event')} recorded; ${action}`;
  return section('flagged', 'Abuse flags', shown, note);
}

/** @internal */
export function deploymentSection({ deployment }: StatusData): Markup | undefined {
  if (deployment === undefined) return undefined;
  const shown =
    deployment.length === 0
      ? none('The checks have not run yet.')
      : table({
          caption: 'Results of the last deployment checks, what is wrong first',
          columns: [
            { label: 'Check', cell: ({ name }) => named(name) },
            { label: 'Result', cell: (line) => mark(line.mark), state: true },
            {
              label: 'Message',
              cell: ({ message, hint }) => message !== undefined && [message, why(hint)],
              plain: true,
            },
          ],
          lines: deployment,
          ...SHARES.deployment,
        });
  return section('deployment', 'Deployment checks', shown);
}

/** A start or a stop, step by step. @internal */
export function runSection(id: 'start' | 'stop', run: Run | undefined): Markup | undefined {
  if (run === undefined) return undefined;
  const spanMs = spanOf(run.steps, run.totalMs);
  const columns: Column<StepLine>[] = [
    { label: 'Step', cell: ({ name }) => named(name) },
    { label: 'Result', cell: (line) => mark(line.mark), state: true },
    ...(run.steps.some(({ message }) => message !== undefined)
      ? [{ label: 'Message', cell: ({ message }: StepLine) => message, plain: true }]
      : []),
    { label: 'When', cell: (step) => bar(step, spanMs), plain: true },
    { label: 'At', cell: ({ atMs }) => durationText(atMs), numeric: true },
    { label: 'Took', cell: ({ durationMs }) => durationText(durationMs), numeric: true },
  ];
  const caption = `Steps of the ${id}, in the order in which they began`;
  const shown =
    run.steps.length === 0
      ? none(run.totalMs > 0 ? 'No step is over yet.' : 'There are no steps to show.')
      : table({ caption, columns, lines: run.steps, ...SHARES.run });
  return section(id, id === 'start' ? 'Start' : 'Stop', shown, [mark(run.mark), ' · ', run.summary]);
}

/** @internal */
export function othersSection({ others }: StatusData): Markup | undefined {
  if (others.length === 0) return undefined;
  const shown = table({
    caption: 'Other components and their numbers',
    columns: [
      { label: 'Component', cell: ({ name, kind }) => named(name, kind) },
      { label: 'Health', cell: (line) => line.mark && [mark(line.mark), why(line.message)], plain: true },
      {
        label: 'Numbers',
        cell: ({ values }) => (values.length === 0 ? undefined : pairs(values, 'values')),
        plain: true,
      },
    ],
    lines: others,
    ...SHARES.others,
  });
  return section('others', 'Other components', shown);
}

function why(text: string | undefined): Content {
  return text !== undefined && markup` <span class="why">${text}</span>`;
}

function count(value: number | undefined): string | undefined {
  return value === undefined ? undefined : countText(value);
}

function duration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : durationText(ms);
}

function remaining(ms: number | undefined): string | undefined {
  return ms === Infinity ? 'until lifted' : duration(ms);
}
