import { InvalidArgumentError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { redactText } from '../../core/redaction.js';
import { type AcceptRange, acceptRanges } from '../../internal/accept.js';

/** How a scrape is written: Prometheus text 0.0.4, OpenMetrics 1.0.0, or the snapshot as JSON. */
export type MetricsFormat = 'prometheus' | 'openmetrics' | 'json';

const CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = /* @__PURE__ */ Object.freeze({
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  json: 'application/json; charset=utf-8',
});

/** @throws {@link InvalidArgumentError} when there is no such format. @internal */
export function checkFormat(owner: string, format: MetricsFormat): void {
  if (typeof format === 'string' && Object.hasOwn(CONTENT_TYPES, format)) return;
  throw new InvalidArgumentError(
    `${owner}: the format must be 'prometheus', 'openmetrics' or 'json', got ${
      typeof format === 'string' ? `'${redactText(format, 64)}'` : describe(format)
    }`,
  );
}

/**
 * The `Content-Type` of a format.
 *
 * @throws {@link InvalidArgumentError} when there is no such format.
 */
export function contentType(format: MetricsFormat): string {
  checkFormat('contentType', format);
  return CONTENT_TYPES[format];
}

/**
 * Which format an `Accept` header asks for: the one with the highest `q`; at the same `q` OpenMetrics goes before JSON, and
 * JSON before text. A wildcard means text, and so does a header that names none of them, or no header.
 */
export function metricsFormat(accept: string | undefined): MetricsFormat {
  if (typeof accept !== 'string') return 'prometheus';
  const wanted = { openmetrics: 0, json: 0, prometheus: 0 };
  for (const range of acceptRanges(accept)) {
    const format = formatOf(range);
    if (format !== undefined) wanted[format] = Math.max(wanted[format], range.q);
  }
  const { openmetrics, json, prometheus } = wanted;
  if (openmetrics > 0 && openmetrics >= Math.max(json, prometheus)) return 'openmetrics';
  return json > 0 && json >= prometheus ? 'json' : 'prometheus';
}

function formatOf({ type, subtype, version }: AcceptRange): MetricsFormat | undefined {
  switch (`${type}/${subtype}`) {
    case 'application/openmetrics-text':
      return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
    case 'application/json':
      return 'json';
    case 'text/plain':
      return version === undefined || version === '0.0.4' ? 'prometheus' : undefined;
    case 'text/*':
    case '*/*':
      return 'prometheus';
    default:
      return undefined;
  }
}
