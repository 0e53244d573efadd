import type { Clock } from '../../core/clock.js';
import { describe, flag, group, oneOf, type OptionKind } from '../../core/options.js';
import { RATE_LIMIT_DRAFTS, type RateLimitDraft } from './rate-limit-drafts.js';

/** Options of {@link rateLimitFields}. */
export interface RateLimitFieldsOptions {
  /** Which version of draft-ietf-httpapi-ratelimit-headers; `false` for none of its fields. @defaultValue `'draft-10'` */
  readonly draft?: RateLimitDraft | false | undefined;
  /** Whether there are `X-RateLimit-Limit`, `-Remaining` and `-Reset` as well. @defaultValue `false` */
  readonly legacy?: boolean | undefined;
  /** Whose wall clock `X-RateLimit-Reset` goes by. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** What clients are told of the limits that decided about their requests. */
export interface RateLimitHeadersOptions {
  /** Which version of draft-ietf-httpapi-ratelimit-headers; `false` for none of its fields. @defaultValue `'draft-10'` */
  readonly draft?: RateLimitDraft | false | undefined;
  /** Whether there are `X-RateLimit-Limit`, `-Remaining` and `-Reset` as well. @defaultValue `false` */
  readonly legacy?: boolean | undefined;
  /** Which answers have them: `'refusals'`, or `'all'` that a limiter admitted as well. @defaultValue `'refusals'` */
  readonly on?: 'refusals' | 'all' | undefined;
}

/** Defaults of {@link RateLimitFieldsOptions} and {@link RateLimitHeadersOptions}. */
export const RATE_LIMIT_HEADERS_DEFAULTS = /* @__PURE__ */ Object.freeze({
  draft: 'draft-10',
  legacy: false,
  on: 'refusals',
});

/** Which fields. @internal */
export interface FieldsVersion {
  readonly draft: RateLimitDraft | false;
  readonly legacy: boolean;
}

/** @internal */
export function fieldsVersionSchema(): { readonly [K in keyof FieldsVersion]: OptionKind<FieldsVersion[K]> } {
  return { draft: draftOption(), legacy: flag(RATE_LIMIT_HEADERS_DEFAULTS.legacy) };
}

/** The `rateLimitHeaders` option as it was read. @internal */
export interface HeadersSetting extends FieldsVersion {
  readonly on: 'refusals' | 'all';
}

/** The `rateLimitHeaders` option. @internal */
export function rateLimitHeadersOption(): OptionKind<HeadersSetting | false> {
  const inner = group({ ...fieldsVersionSchema(), on: oneOf(['refusals', 'all'], RATE_LIMIT_HEADERS_DEFAULTS.on) });
  return { parse: (value, path, report) => (value === false ? false : inner.parse(value, path, report)) };
}

function draftOption(): OptionKind<RateLimitDraft | false> {
  return {
    parse(value, path, report) {
      if (value === undefined) return RATE_LIMIT_HEADERS_DEFAULTS.draft;
      const known = value === false || (typeof value === 'string' && Object.hasOwn(RATE_LIMIT_DRAFTS, value));
      if (!known) {
        const names = Object.keys(RATE_LIMIT_DRAFTS).map((name) => `'${name}'`);
        report(path, `must be ${names.join(', ')} or false, got ${describe(value)}`);
      }
      return value as RateLimitDraft | false;
    },
  };
}
