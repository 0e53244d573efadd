import type { Clock } from '../../core/clock.js';
import { clockOption, describe, durationMs, type OptionKind, parseOptions, text } from '../../core/options.js';
import { isTarget, readTarget, type Target } from './target.js';

/** Certificates that are trusted, in PEM. */
export type TrustedCertificates = string | Uint8Array | readonly (string | Uint8Array)[];

/** Options of {@link HealthCheckValidator}. */
export interface HealthCheckValidatorOptions {
  /**
   * Where the service is: `http:` or `https:`, with the path that it is mounted under, if any; without the health prefix, a
   * query, a user or a password.
   */
  readonly baseUrl: string;
  /** Path of the health routes below `baseUrl`. Begins with `/`. @defaultValue `'/health'` */
  readonly prefix?: string | undefined;
  /** How long one request may take, in ms, at least 1; a run takes at most three times as long. @defaultValue `2_000` */
  readonly timeoutMs?: number | undefined;
  /** From how long on a probe is slow, in ms, from 1 to `timeoutMs`. @defaultValue `1_000`, or `timeoutMs` if that is less */
  readonly slowMs?: number | undefined;
  /** A bearer token that opens the details: whether it does is looked at as well. Never shown. @defaultValue none */
  readonly token?: string | undefined;
  /** Certificates that are trusted for `https:`, in PEM, in place of the public authorities. @defaultValue the platform's */
  readonly ca?: TrustedCertificates | undefined;
  /** Begins the report's message. @defaultValue `'health'` */
  readonly name?: string | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link HealthCheckValidatorOptions}. */
export const HEALTH_CHECK_VALIDATOR_DEFAULTS = /* @__PURE__ */ Object.freeze({
  prefix: '/health',
  timeoutMs: 2_000,
  slowMs: 1_000,
  name: 'health',
});

/** What a run goes by. @internal */
export interface Settings {
  readonly name: string;
  readonly target: Target;
  /** Path of the health routes on the host; no slash at its end. */
  readonly path: string;
  /** The same without what the service is mounted under. */
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly slowMs: number;
  readonly token: string | undefined;
  readonly ca: TrustedCertificates | undefined;
  readonly clock: Clock;
}

/** @throws {@link InvalidOptionsError} @internal */
export function readSettings(options: HealthCheckValidatorOptions): Settings {
  const { prefix, timeoutMs, name } = HEALTH_CHECK_VALIDATOR_DEFAULTS;
  const schema = {
    baseUrl: baseUrlOption,
    prefix: prefixOption(prefix),
    timeoutMs: durationMs(timeoutMs, { min: 1 }),
    slowMs: durationMs(undefined, { min: 1 }),
    token: tokenOption,
    ca: caOption,
    name: text(name),
    clock: clockOption(),
  };
  const parsed = parseOptions('HealthCheckValidator', schema, options, ({ slowMs, timeoutMs: limit }, report) => {
    if (slowMs !== undefined && slowMs > limit) report('slowMs', `must be at most timeoutMs, ${String(limit)}`);
  });
  const { baseUrl: target, prefix: shown, slowMs, ...rest } = parsed;
  const path = target.path.replace(/\/+$/, '') + shown;
  const slowest = Math.min(HEALTH_CHECK_VALIDATOR_DEFAULTS.slowMs, rest.timeoutMs);
  return { ...rest, target, path, prefix: shown, slowMs: slowMs ?? slowest };
}

const baseUrlOption: OptionKind<Target> = {
  parse(value, path, report) {
    const read = typeof value === 'string' ? readTarget(value) : undefined;
    if (read === undefined)
      report(
        path,
        value === undefined
          ? 'is required: it must be a URL, such as http://127.0.0.1:3000'
          : `must be the text of a URL, got ${describe(value)}`,
      );
    else if (!isTarget(read)) report(path, read.problem);
    else if (read.query !== '' || (value as string).includes('#')) report(path, 'must hold no query and no fragment');
    return read as Target;
  },
};

function prefixOption(fallback: string): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (value === undefined) return fallback;
      const isPath = typeof value === 'string' && value.length <= 200 && /^\/(?!\/)[\w.~!$&'()*+,;=:@/-]*$/.test(value);
      if (!isPath) report(path, 'must be a path of at most 200 characters that begins with one /, such as /health');
      return isPath ? value.replace(/\/+$/, '') : fallback;
    },
  };
}

const tokenOption: OptionKind<string | undefined> = {
  parse(value, path, report) {
    if (value === undefined) return undefined;
    // What cannot be in a header as it is, nobody could send.
    if (typeof value !== 'string' || !/^[\x21-\x7e]{1,512}$/.test(value))
      report(path, 'must be 1 to 512 printable ASCII characters without blanks');
    return value as string;
  },
};

const caOption: OptionKind<TrustedCertificates | undefined> = {
  parse(value, path, report) {
    if (value === undefined) return undefined;
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const areTexts = list.every((one) => (typeof one === 'string' && one !== '') || one instanceof Uint8Array);
    if (list.length === 0 || !areTexts) report(path, `must be certificates in PEM, got ${describe(value)}`);
    return value as TrustedCertificates;
  },
};
