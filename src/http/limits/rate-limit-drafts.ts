import { integer, quoted } from './structured-fields.js';

/** A version of draft-ietf-httpapi-ratelimit-headers. */
export type RateLimitDraft = 'draft-10' | 'draft-8' | 'draft-7' | 'draft-6';

/** What the fields say of one policy. @internal */
export interface PolicyItem {
  readonly policy: string;
  readonly limit: number;
  readonly remaining: number;
  /** From now until there is more; absent when that is never, or after the time of Retry-After. */
  readonly resetMs: number | undefined;
  /** The same in whole seconds. */
  readonly reset: number | undefined;
  /** Whole seconds. */
  readonly window: number | undefined;
}

/** One header field. @internal */
export interface RateLimitField {
  readonly name: string;
  readonly value: string;
  /** What it belongs to, if the field can name one policy only; absent for lists, which others may have items in. */
  readonly group?: string;
}

/** @param counts - the policy that matters most to the client; one of the items. */
type Emit = (items: readonly PolicyItem[], counts: PolicyItem) => readonly RateLimitField[];

/** What each version sends. @internal */
export const RATE_LIMIT_DRAFTS: Readonly<Record<RateLimitDraft, Emit>> = /* @__PURE__ */ Object.freeze({
  'draft-10': /* @__PURE__ */ named('r', 't'),
  'draft-8': /* @__PURE__ */ named('r', 't'),
  'draft-7': (items, counts) => [
    ...numbered(items, counts),
    ...grouped('draft-7', counts, (reset) => ({
      RateLimit: `limit=${integer(counts.limit)}, remaining=${integer(counts.remaining)}, reset=${integer(reset)}`,
    })),
  ],
  'draft-6': (items, counts) => [
    ...numbered(items, counts),
    ...grouped('draft-6', counts, (reset) => ({
      'RateLimit-Limit': integer(counts.limit),
      'RateLimit-Remaining': integer(counts.remaining),
      'RateLimit-Reset': integer(reset),
    })),
  ],
});

/** The fields from before there was a draft; the reset is an instant, in seconds since the Unix epoch. @internal */
export function legacyFields({ limit, remaining, resetMs }: PolicyItem, wallNowMs: number): readonly RateLimitField[] {
  const fields: RateLimitField[] = [
    { name: 'X-RateLimit-Limit', value: integer(limit), group: 'legacy' },
    { name: 'X-RateLimit-Remaining', value: integer(remaining), group: 'legacy' },
  ];
  if (resetMs === undefined) return fields;
  const at = integer(Math.ceil((wallNowMs + resetMs) / 1_000));
  return [...fields, { name: 'X-RateLimit-Reset', value: at, group: 'legacy' }];
}

/** Lists in which each policy has a name: what is left of it and when there is more are parameters. */
function named(remaining: string, reset: string): Emit {
  return (items) => [
    {
      name: 'RateLimit-Policy',
      value: items
        .map((item) => `${quoted(item.policy)};q=${integer(item.limit)}${parameter('w', item.window)}`)
        .join(', '),
    },
    {
      name: 'RateLimit',
      value: items
        .map((item) => `${quoted(item.policy)};${remaining}=${integer(item.remaining)}${parameter(reset, item.reset)}`)
        .join(', '),
    },
  ];
}

/** A list in which a policy is its quota: each has a window, and no two the same quota. */
function numbered(items: readonly PolicyItem[], counts: PolicyItem): readonly RateLimitField[] {
  const windows = new Map<string, number>();
  for (const { limit, window } of items) if (window !== undefined) windows.set(integer(limit), window);
  if (counts.window !== undefined) windows.set(integer(counts.limit), counts.window);
  if (windows.size === 0) return [];
  return [{ name: 'RateLimit-Policy', value: [...windows].map(([quota, w]) => `${quota};w=${integer(w)}`).join(', ') }];
}

/** Fields about one policy; none without a reset, which these versions require. */
function grouped(
  group: string,
  { reset }: PolicyItem,
  fields: (reset: number) => Readonly<Record<string, string>>,
): readonly RateLimitField[] {
  if (reset === undefined) return [];
  return Object.entries(fields(reset)).map(([name, value]) => ({ name, value, group }));
}

function parameter(name: string, value: number | undefined): string {
  return value === undefined ? '' : `;${name}=${integer(value)}`;
}
