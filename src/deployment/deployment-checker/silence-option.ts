import { describe, type OptionKind, type ReportIssue } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { isShortText, SHORT_TEXT } from '../../core/text-rules.js';

/** A silence as it is held against results. @internal */
export interface ParsedSilence {
  readonly id: string;
  readonly reason: string;
  readonly untilWallMs: number;
  /** The instant as text. */
  readonly until: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY_MS = 86_400_000;

/** What somebody decided to live with. @internal */
export function silenceOption(): OptionKind<readonly ParsedSilence[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (!Array.isArray(value)) {
        report(path, `must be a list of { id, reason, until }, got ${describe(value)}`);
        return [];
      }
      return (value as readonly unknown[]).flatMap((one, i) => {
        const parsed = parseSilence(one, `${path}[${String(i)}]`, report);
        return parsed === undefined ? [] : [parsed];
      });
    },
  };
}

function parseSilence(value: unknown, path: string, report: ReportIssue): ParsedSilence | undefined {
  if (typeof value !== 'object' || value === null) {
    report(path, `must be { id, reason, until }, got ${describe(value)}`);
    return undefined;
  }
  const { id, reason, until, ...rest } = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(rest)) report(`${path}.${redactName(key, 64)}`, 'is not an option');
  if (!isShortText(id)) report(`${path}.id`, `must be the id of a check or a finding, got ${describe(id)}`);
  if (!isShortText(reason) || /^[\s\p{Cf}]*$/u.test(reason))
    report(`${path}.reason`, `must say why, in ${SHORT_TEXT}, got ${describe(reason)}`);
  const untilWallMs = endOf(until);
  if (untilWallMs === undefined)
    report(`${path}.until`, "must say when it ends: a date such as '2027-01-31', or an instant as ISO 8601 or Date");
  if (!isShortText(id) || !isShortText(reason) || untilWallMs === undefined) return undefined;
  return { id, reason: redactName(reason, 200), untilWallMs, until: new Date(untilWallMs).toISOString() };
}

/** When a silence ends: a date lasts to the end of its day. @internal */
export function endOf(until: unknown): number | undefined {
  if (until instanceof Date) return finite(until.getTime());
  if (typeof until !== 'string') return undefined;
  if (DAY.test(until)) {
    const from = Date.parse(`${until}T00:00:00.000Z`);
    // What the calendar does not have, such as 31 February, is read as a day of the next month by some.
    return Number.isNaN(from) || new Date(from).toISOString().slice(0, 10) !== until ? undefined : from + DAY_MS;
  }
  return INSTANT.test(until) ? finite(Date.parse(until)) : undefined;
}

function finite(ms: number): number | undefined {
  // Beyond it there is no date.
  return Math.abs(ms) <= 8.64e15 ? ms : undefined;
}
