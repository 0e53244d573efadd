import type { Component } from '../core/component.js';
import { InvalidOptionsError, type OptionIssue } from '../core/errors.js';
import {
  clockOption,
  count,
  describe,
  durationMs,
  flag,
  hasMethod,
  oneOf,
  optionalFunction,
  type OptionKind,
  type ParsedOptions,
  readOptions,
  text,
} from '../core/options.js';
import { onListenerErrorOption } from '../core/reporter.js';
import {
  type AddressResolver,
  type Cidr,
  CidrSet,
  createAddressResolver,
  type TrustProxy,
} from '../traffic/client-address/index.js';
import type { HardeningRequest } from './exchange.js';
import type { Authorize } from './health/authorization.js';
import type { Phase } from './health/report.js';
import type { Identify } from './limits/guard.js';
import { rateLimitHeadersOption } from './limits/rate-limit-options.js';
import { routesOption } from './limits/route-rules.js';
import { groupOrFalse, groupOrFlag, headerNames, names } from './option-kinds.js';
import type { RequestRecord } from './record/request-record.js';
import { type EventLogger, HARDENING_DEFAULTS, type HardeningOptions } from './options.js';

const SHORTEST_TOKEN = 16;
const PHASES: readonly unknown[] = ['STARTING', 'READY', 'DRAINING', 'STOPPED'];

/** Read elsewhere, by whoever knows what belongs there. */
const anything: OptionKind<unknown> = { parse: (value) => value };

function kind<T>(expected: string, fits: (value: unknown) => boolean): OptionKind<T | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && !fits(value)) report(path, `must be ${expected}, got ${describe(value)}`);
      return value as T | undefined;
    },
  };
}

/** What `trustProxy` means for a request. @internal */
export interface DeclaredProxies {
  readonly resolve: AddressResolver;
  /** Whether a peer may say what a client's connection was like. */
  readonly trusts: (peer: string | undefined) => boolean;
  /** The ranges that were named; empty when it was a number. */
  readonly ranges: CidrSet;
}

function trustProxyOption(): OptionKind<DeclaredProxies | undefined> {
  return {
    parse(value, _path, report) {
      if (value === undefined) return undefined;
      try {
        const resolve = createAddressResolver(value as TrustProxy);
        const ranges = new CidrSet(Array.isArray(value) ? (value as Cidr[]) : []);
        const trusts = (peer: string | undefined): boolean =>
          typeof value === 'number' ? value > 0 : peer !== undefined && ranges.has(peer);
        return { resolve, ranges, trusts };
      } catch (error) {
        if (!(error instanceof InvalidOptionsError)) throw error;
        for (const { path, message } of error.issues) report(path, message);
        return undefined;
      }
    },
  };
}

function secondsOrFalse(fallback: number): OptionKind<number | false> {
  const seconds = count({ min: 1, max: 3_600, default: fallback });
  return { parse: (value, path, report) => (value === false ? false : seconds.parse(value, path, report)) };
}

function schema() {
  const defaults = HARDENING_DEFAULTS;
  return {
    name: text(defaults.name),
    ddos: anything,
    perUser: anything,
    rateLimitHeaders: rateLimitHeadersOption(),
    headers: anything,
    requestId: groupOrFalse({ acceptIncoming: flag(true) }),
    requestRecord: groupOrFlag(
      { query: names(50), headers: headerNames(50), skip: optionalFunction<(record: RequestRecord) => boolean>() },
      defaults.requestRecord,
    ),
    abuse: anything,
    metrics: anything,
    monitor: anything,
    statusPage: groupOrFlag({ title: text(undefined), refreshSeconds: secondsOrFalse(5) }, false),
    health: anything,
    logger: kind<EventLogger>('an object with the method event()', (value) => hasMethod(value, 'event')),
    components: kind<readonly Component[]>(
      'a list of components, each with kind, name and snapshot()',
      (value) => Array.isArray(value) && value.every((item) => hasMethod(item, 'snapshot')),
    ),
    lifecycle: kind<{ readonly phase: Phase }>(
      "an object whose 'phase' is STARTING, READY, DRAINING or STOPPED",
      (value) => PHASES.includes((value as { phase?: unknown } | null)?.phase),
    ),
    identify: kind<Identify | 'x-user-id'>(
      "a function or 'x-user-id'",
      (value) => typeof value === 'function' || value === 'x-user-id',
    ),
    authorize: kind<Authorize>(
      `a bearer token of at least ${String(SHORTEST_TOKEN)} characters or a function`,
      (value) => typeof value === 'function' || (typeof value === 'string' && /^\S{16,512}$/.test(value)),
    ),
    trustProxy: trustProxyOption(),
    slowRequestMs: durationMs(defaults.slowRequestMs),
    exempt: optionalFunction<(request: HardeningRequest) => boolean>(),
    routes: routesOption(),
    healthPrefix: kind<string>(
      'a path such as /health, without a slash at its end',
      (value) => typeof value === 'string' && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/.test(value),
    ),
    mode: oneOf(['enforce', 'shadow'], 'enforce'),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedHardeningOptions = ParsedOptions<ReturnType<typeof schema>>;

/** Reads the options; `build` makes the parts, whose own problems join the others in one error. @internal */
export function parseHardeningOptions<T>(
  options: HardeningOptions | undefined,
  build: (parsed: ParsedHardeningOptions, issues: OptionIssue[]) => T,
): T {
  const { parsed, issues, sound } = readOptions(schema(), options);
  if (parsed.statusPage !== false && parsed.authorize === undefined && sound) {
    issues.push({ path: 'statusPage', message: 'needs authorize: nobody could see it' });
  }
  if (parsed.statusPage !== false && parsed.health === false && sound) {
    issues.push({ path: 'statusPage', message: 'is one of the health routes, which health: false switches off' });
  }
  // The parts have options of their own, which are looked at all the same, without those that are wrong by themselves.
  const built = build(sound ? parsed : readOptions(schema(), without(options, issues)).parsed, issues);
  if (issues.length > 0) throw new InvalidOptionsError('createHardening', issues);
  return built;
}

function without(options: object | undefined, issues: readonly OptionIssue[]): object {
  const wrong = new Set(issues.map(({ path }) => path.split(/[.[]/, 1)[0] ?? ''));
  return wrong.has('') ? {} : Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => !wrong.has(name)));
}
