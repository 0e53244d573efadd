import { type Markup, markup } from './escape.js';
import type { Sample } from './status-data.js';
import { durationText } from './words.js';

/** Whole numbers are fine enough on it, and short. It is shown at half of this. */
const WIDTH = 240;
const HEIGHT = 56;
const EDGE = 6;
/** Below this all is called the same, or noise would look like news. */
const LEAST_SCALE_MS = 1;

/**
 * Response times as a line, the oldest at the left, from 0 to the longest; runs that did not find the component well
 * are strokes below it. Nothing to see without two runs.
 * @internal
 */
export function sparkline(samples: readonly Sample[]): Markup | undefined {
  if (samples.length < 2) return undefined;
  const times = samples.map(({ responseTimeMs }) => Math.max(0, responseTimeMs));
  const scale = Math.max(LEAST_SCALE_MS, ...times);
  const points = times.map((ms, i) => ({
    x: Math.round(EDGE + (i * (WIDTH - 2 * EDGE)) / (times.length - 1)),
    y: Math.round(HEIGHT - EDGE - (ms / scale) * (HEIGHT - 2 * EDGE)),
  }));
  const last = points.at(-1) ?? { x: 0, y: 0 };
  const strokes = strokesOf(samples, points);
  const size = `0 0 ${String(WIDTH)} ${String(HEIGHT + 4)}`;
  return markup`<svg class="spark" viewBox="${size}" role="img"><title>${label(samples, times)}</title>${
    strokes !== '' && markup`<path d="${strokes}"/>`
  }<polyline points="${points.map(({ x, y }) => `${String(x)},${String(y)}`).join(' ')}"/><circle cx="${last.x}" cy="${last.y}" r="4"/></svg>`;
}

/** One for each run that was not healthy; what follows each other is one. */
function strokesOf(samples: readonly Sample[], points: readonly { readonly x: number }[]): string {
  let path = '';
  let from: number | undefined;
  for (const [i, { x }] of points.entries()) {
    if (samples[i]?.healthy !== false) continue;
    from ??= x;
    if (samples[i + 1]?.healthy === false) continue;
    path += `M${String(from - 1)} ${String(HEIGHT + 1)}h${String(x - from + 3)}`;
    from = undefined;
  }
  return path;
}

function label(samples: readonly Sample[], times: readonly number[]): string {
  const bad = samples.filter(({ healthy }) => !healthy).length;
  const found = bad === 0 ? 'all of them healthy' : `${String(bad)} not healthy`;
  const [least, most, last] = [Math.min(...times), Math.max(...times), times.at(-1) ?? 0].map(durationText);
  return `Last ${String(samples.length)} runs, ${found}: ${least ?? ''} to ${most ?? ''}, the latest ${last ?? ''}`;
}
