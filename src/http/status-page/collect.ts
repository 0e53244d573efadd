import type { Component } from '../../core/component.js';
import { worse } from '../../core/health-status.js';
import { askReport, checkLines } from './checks.js';
import { circuitLines } from './circuits.js';
import { banLines, flagLines, isLimiter, limiterLines, type LimiterSource } from './limiters.js';
import { type Mark, markOf } from './marks.js';
import { otherLines } from './others.js';
import { fieldsOfPart, nameOf, wordOf } from './reading.js';
import { deploymentLines, lifecycleReport, startRun, stopRun } from './runs.js';
import type { LifecycleSource, StatusSources } from './sources.js';
import type { StatusData } from './status-data.js';

/** Shown by themselves, and not among the others. */
const KNOWN: readonly string[] = /* @__PURE__ */ Object.freeze([
  'circuit-breaker',
  'circuit-breaker-registry',
  'application-lifecycle',
  'deployment-checker',
]);

/**
 * All that the page shows, found out now. It never rejects: what cannot be read says so in its place.
 *
 * @param startedMs - when the pipeline was made, by `sources.now`.
 * @internal
 */
export async function collectStatus(sources: StatusSources, startedMs: number): Promise<StatusData> {
  const { components } = sources;
  const [report, watched] = await Promise.all([askReport(sources.checks), askReport(sources.watched)]);
  const { mode, requests, refused, slow, aborted } = sources.pipeline.snapshot();
  const limiters = limitersOf(sources, components);
  const detector: object | undefined = sources.abuse?.detector;
  const lifecycle = lifecycleReport(sources.lifecycle, components);
  return {
    title: nameOf(sources.title),
    status: markOf(worse(report.status, watched.status)),
    phase: phaseOf(sources.lifecycle),
    shadow: mode === 'shadow',
    renderedAt: sources.wallNow(),
    upMs: Math.max(0, sources.now() - startedMs),
    requests: { over: requests, refused, slow, aborted },
    checks: checkLines(report, sources.checks),
    circuits: circuitLines(components),
    limiters: limiterLines(limiters),
    bans: banLines(limiters),
    flags: flagLines(sources.abuse),
    deployment: deploymentLines(components),
    start: startRun(lifecycle),
    stop: stopRun(lifecycle),
    others: otherLines(
      components.filter((part) => !KNOWN.includes(fieldsOfPart(part).kind) && !isLimiter(part) && part !== detector),
    ),
  };
}

function limitersOf({ limiters }: StatusSources, components: readonly Component[]): LimiterSource[] {
  return [...new Set<LimiterSource | undefined>([...limiters, ...components.filter(isLimiter)])].filter(
    (limiter) => limiter !== undefined,
  );
}

/** A service without a lifecycle is ready, as its route says. */
function phaseOf(lifecycle: LifecycleSource | undefined): Mark {
  if (lifecycle === undefined) return markOf('READY');
  try {
    return markOf(wordOf(lifecycle.phase) ?? 'UNKNOWN');
  } catch {
    return markOf('UNKNOWN');
  }
}
