import type { OptionIssue } from '../../core/errors.js';
import { oneOf, parseOptions, type OptionKind } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { madePart } from '../part-options.js';
import { headerIssues } from './header-issues.js';

/** Which set of headers to begin with. */
export type SecurityHeadersPreset = 'default' | 'modern';

/** Options of {@link securityHeaders}. */
export interface SecurityHeadersOptions {
  /**
   * `'default'`: five headers that suit any service. `'modern'`: what today's browsers understand, isolation included,
   * without the old filter against script injection.
   * @defaultValue `'default'`
   */
  readonly preset?: SecurityHeadersPreset | undefined;
  /**
   * Headers by name that replace or add to those of the preset; `false` leaves one out. `{nonce}` in a value stands for
   * 128 random bits, drawn for each answer; see {@link cspNonce}.
   * @defaultValue `{}`
   */
  readonly set?: Readonly<Record<string, string | false>> | undefined;
  /**
   * Whether `Strict-Transport-Security` is sent on every connection, or on encrypted ones alone, as RFC 6797 (7.2) wants
   * it; browsers ignore it on others.
   * @defaultValue `'always'`
   */
  readonly hsts?: 'always' | 'secure' | undefined;
}

/** Defaults of {@link SecurityHeadersOptions}. */
export const SECURITY_HEADERS_DEFAULTS = /* @__PURE__ */ Object.freeze({ preset: 'default', hsts: 'always' });

/** Headers that every answer carries unless the service sets its own. */
export interface SecurityHeaders {
  readonly kind: 'security-headers';
  /** Names and values, ready to send. */
  readonly list: readonly (readonly [name: string, value: string])[];
  /** When `Strict-Transport-Security` is sent. @defaultValue `'always'` */
  readonly hsts?: 'always' | 'secure' | undefined;
}

function presets(): Record<SecurityHeadersPreset, Record<string, string>> {
  const both = {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': "default-src 'self'",
  };
  return {
    default: { ...both, 'X-XSS-Protection': '1; mode=block', 'Strict-Transport-Security': 'max-age=31536000' },
    modern: {
      ...both,
      'X-XSS-Protection': '0',
      'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Origin-Agent-Cluster': '?1',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    },
  };
}

/** Field names and values as RFC 9110 (sections 5.1 and 5.5) has them. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/i;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{1,8000}$/;

function headersOption(): OptionKind<Readonly<Record<string, string | false>>> {
  return {
    parse(value, path, report) {
      if (value === undefined) return {};
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        report(path, 'must be an object of header names and values');
        return {};
      }
      for (const [name, header] of Object.entries(value as Record<string, unknown>)) {
        const shown = `${path}.${redactName(name, 64)}`;
        if (!NAME.test(name)) report(shown, 'is not a header name');
        else if (header !== false && (typeof header !== 'string' || !VALUE.test(header))) {
          report(shown, 'must be false, or text that a header can carry: no line breaks');
        } else if (typeof header === 'string') {
          for (const issue of headerIssues(name, header)) report(shown, issue);
        }
      }
      return value as Readonly<Record<string, string | false>>;
    },
  };
}

/**
 * The security headers of a service, checked and made ready once.
 *
 * @example
 * const headers = securityHeaders({ preset: 'modern', set: { 'X-Frame-Options': 'SAMEORIGIN' } });
 *
 * @throws {@link InvalidOptionsError} naming every option and header that cannot be sent.
 */
export function securityHeaders(options?: SecurityHeadersOptions): SecurityHeaders {
  const schema = {
    preset: oneOf(['default', 'modern'], SECURITY_HEADERS_DEFAULTS.preset as SecurityHeadersPreset),
    set: headersOption(),
    hsts: oneOf(['always', 'secure'], SECURITY_HEADERS_DEFAULTS.hsts as 'always' | 'secure'),
  };
  const { preset, set, hsts } = parseOptions('securityHeaders', schema, options);
  const byName = new Map(
    Object.entries(presets()[preset]).map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
  );
  for (const [name, value] of Object.entries(set)) {
    if (value === false) byName.delete(name.toLowerCase());
    else byName.set(name.toLowerCase(), [name, value]);
  }
  return frozen([...byName.values()], hsts);
}

function frozen(list: readonly (readonly [name: string, value: string])[], hsts: 'always' | 'secure'): SecurityHeaders {
  return Object.freeze({
    kind: 'security-headers',
    hsts,
    list: Object.freeze(list.map(([name, value]) => Object.freeze([name, value] as const))),
  });
}

/** Ready-made headers, from wherever they come: one that cannot be sent would end every request. */
function readInstance(value: object, issues: OptionIssue[], path: string): SecurityHeaders | undefined {
  const { list } = value as { readonly list?: unknown };
  if (!Array.isArray(list)) {
    issues.push({ path, message: 'must be a list of names and values; make it with securityHeaders()' });
    return undefined;
  }
  const good: [string, string][] = [];
  for (const [i, header] of list.entries()) {
    const [name, text] = Array.isArray(header) ? (header as unknown[]) : [];
    if (typeof name === 'string' && NAME.test(name) && typeof text === 'string' && VALUE.test(text))
      good.push([name, text]);
    else issues.push({ path: `${path}[${String(i)}]`, message: 'must be a header name and text that it can carry' });
  }
  return frozen(good, (value as SecurityHeaders).hsts === 'secure' ? 'secure' : 'always');
}

/** A `headers` option: ready-made, options for it, or nothing. @internal */
export function readHeadersOption(
  value: unknown,
  issues: OptionIssue[],
  path = 'headers',
): SecurityHeaders | undefined {
  if (value === false) return undefined;
  if (typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'security-headers')
    return readInstance(value, issues, `${path}.list`);
  return madePart(issues, path, () => securityHeaders(value as SecurityHeadersOptions | undefined));
}
