import { type Markup, markup } from './escape.js';
import type { StepLine } from './status-data.js';

const WIDTH = 1_000;
/** So much of the whole can still be seen. */
const LEAST = 6;

/** When a step was, as a bar in the time of the whole run. The columns beside it say the same in numbers. @internal */
export function bar({ atMs, durationMs, mark }: StepLine, totalMs: number): Markup {
  const width = Math.max(LEAST, share(durationMs, totalMs));
  const x = Math.min(share(atMs, totalMs), WIDTH - width);
  return markup`<svg class="bar ${mark.tone}" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${x}" width="${width}" height="10"/></svg>`;
}

function share(ms: number, totalMs: number): number {
  return totalMs > 0 ? Math.round(Math.min(1, ms / totalMs) * WIDTH) : 0;
}

/** The time in which all the steps are, whatever the report says of the whole. @internal */
export function spanOf(steps: readonly StepLine[], totalMs: number): number {
  return Math.max(totalMs, ...steps.map(({ atMs, durationMs }) => atMs + durationMs));
}
