import type { Clock } from '../../core/clock.js';
import {
  clockOption,
  count,
  durationMs,
  finite,
  group,
  oneOf,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  randomOption,
  ratio,
  type ReportIssue,
  text,
} from '../../core/options.js';
import type { Random } from '../../core/random.js';
import { type ListenerErrorHandler, onListenerErrorOption } from '../../core/reporter.js';
import { parseCidr } from '../../internal/ip-range.js';
import { type Cidr, CidrSet } from '../client-address/index.js';
import { checkShare, LONGEST_US, sharedSchema, type SharedStoreOptions } from '../store/index.js';

/** How the blocks of an address grow that it brings upon itself again and again. */
export interface EscalationOptions {
  /** By what each is longer than the one before: at least 1. @defaultValue `2` */
  readonly factor?: number | undefined;
  /** The longest block, in ms, at least `blockDurationMs`. @defaultValue `86_400_000` */
  readonly maxDurationMs?: number | undefined;
  /** By which share blocks are longer or shorter by chance, so that nobody can time their end: 0 to 1. @defaultValue `0.1` */
  readonly jitter?: number | undefined;
  /** How long after a block it counts towards the next one, in ms. @defaultValue `86_400_000` */
  readonly memoryMs?: number | undefined;
}

/** Options of {@link DDoSProtection}. */
export interface DDoSProtectionOptions {
  /** Shown in decisions, events and metrics; 1 to 200 characters. @defaultValue `'ddos'` */
  readonly name?: string | undefined;
  /** Requests that one address may make within the window. Integer, at least 1. @defaultValue `100` */
  readonly threshold?: number | undefined;
  /** The window, in ms, at least 12. @defaultValue `60_000` */
  readonly windowMs?: number | undefined;
  /** How long an address is blocked that made one request more, in ms, at least 1. @defaultValue `900_000` */
  readonly blockDurationMs?: number | undefined;
  /** Bits of an IPv6 address that name one client. Integer from 32 to 128. @defaultValue `64` */
  readonly ipv6Prefix?: number | undefined;
  /** Ranges that are never counted nor blocked, such as health checkers. @defaultValue `[]` */
  readonly allow?: readonly Cidr[] | undefined;
  /** Ranges that are always refused. @defaultValue `[]` */
  readonly deny?: readonly Cidr[] | undefined;
  /** Makes each further block of an address longer; `{}` with the defaults. @defaultValue `undefined`: all are as long */
  readonly escalate?: EscalationOptions | undefined;
  /**
   * Most addresses that are counted at once; up to 40,000 of them can be blocked, or a quarter if that is more. Integer,
   * at least 1. Beyond it the address among a few is forgotten that has kept the limit for the longest time.
   * @defaultValue `128_000`
   */
  readonly maxAddresses?: number | undefined;
  /** `'shadow'` admits everything and marks what it would have refused. @defaultValue `'enforce'` */
  readonly mode?: 'enforce' | 'shadow' | undefined;
  /** Source of chance, for `escalate.jitter`. @defaultValue `systemRandom` */
  readonly random?: Random | undefined;
  /** Time source. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
  /** Hears of listeners that throw and of configuration warnings. @defaultValue `process.emitWarning` */
  readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Options of {@link SharedDDoSProtection}; `maxAddresses` are those that are known here. */
export type SharedDDoSProtectionOptions = DDoSProtectionOptions & SharedStoreOptions;

/** Defaults of {@link DDoSProtectionOptions}. */
export const DDOS_PROTECTION_DEFAULTS = /* @__PURE__ */ Object.freeze({
  name: 'ddos',
  threshold: 100,
  windowMs: 60_000,
  blockDurationMs: 900_000,
  ipv6Prefix: 64,
  allow: /* @__PURE__ */ Object.freeze([]),
  deny: /* @__PURE__ */ Object.freeze([]),
  maxAddresses: 128_000,
  mode: 'enforce',
});

/** Blocks that there is room for, if there is for as many addresses. */
const LEAST_BLOCKS = 40_000;

/** Most addresses that can be blocked at once: who is blocked is a part of those who come. @internal */
export function mostBlocks(maxAddresses: number): number {
  return Math.max(Math.min(maxAddresses, LEAST_BLOCKS), Math.ceil(maxAddresses / 4));
}

/** Defaults of {@link EscalationOptions}. */
export const ESCALATION_DEFAULTS = /* @__PURE__ */ Object.freeze({
  factor: 2,
  maxDurationMs: 86_400_000,
  jitter: 0.1,
  memoryMs: 86_400_000,
});

function escalationSchema() {
  const defaults = ESCALATION_DEFAULTS;
  return {
    factor: finite({ min: 1, default: defaults.factor }),
    maxDurationMs: durationMs(defaults.maxDurationMs, { min: 1 }),
    jitter: ratio(defaults.jitter),
    memoryMs: durationMs(defaults.memoryMs),
  };
}

function escalation(): OptionKind<ParsedOptions<ReturnType<typeof escalationSchema>> | undefined> {
  return {
    parse: (value, path, report) =>
      value === undefined ? undefined : group(escalationSchema()).parse(value, path, report),
  };
}

function ranges(): OptionKind<CidrSet> {
  return {
    parse(value, path, report) {
      if (value === undefined) return new CidrSet([]);
      if (!Array.isArray(value)) {
        report(path, "must be a list of CIDR ranges such as ['10.0.0.0/8']");
        return new CidrSet([]);
      }
      const good: Cidr[] = [];
      for (const [i, cidr] of value.entries()) {
        const parsed = parseCidr(cidr);
        if (typeof parsed === 'string') report(`${path}[${String(i)}]`, parsed);
        else good.push(cidr as Cidr);
      }
      return new CidrSet(good);
    },
  };
}

function schema() {
  const defaults = DDOS_PROTECTION_DEFAULTS;
  return {
    name: text(defaults.name),
    threshold: count({ min: 1, default: defaults.threshold }),
    windowMs: durationMs(defaults.windowMs, { min: 12 }),
    blockDurationMs: durationMs(defaults.blockDurationMs, { min: 1 }),
    ipv6Prefix: count({ min: 32, max: 128, default: defaults.ipv6Prefix }),
    allow: ranges(),
    deny: ranges(),
    maxAddresses: count({ min: 1, max: 16_000_000, default: defaults.maxAddresses }),
    mode: oneOf(['enforce', 'shadow'], 'enforce'),
    escalate: escalation(),
    random: randomOption(),
    clock: clockOption(),
    onListenerError: onListenerErrorOption(),
  };
}

/** @internal */
export type ParsedDDoSProtectionOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function parseDDoSProtectionOptions(options: DDoSProtectionOptions | undefined): ParsedDDoSProtectionOptions {
  return parseOptions('DDoSProtection', schema(), options, checkEscalation);
}

function checkEscalation({ escalate, blockDurationMs }: ParsedDDoSProtectionOptions, report: ReportIssue): void {
  if (escalate !== undefined && escalate.maxDurationMs < blockDurationMs) {
    report('escalate.maxDurationMs', `must be at least blockDurationMs, ${String(blockDurationMs)}`);
  }
}

function sharedDDoSSchema() {
  return { ...schema(), ...sharedSchema() };
}

/** @internal */
export type ParsedSharedDDoSProtectionOptions = ParsedOptions<ReturnType<typeof sharedDDoSSchema>>;

/** @internal */
export function parseSharedDDoSProtectionOptions(
  options: SharedDDoSProtectionOptions,
): ParsedSharedDDoSProtectionOptions {
  return parseOptions('SharedDDoSProtection', sharedDDoSSchema(), options, (parsed, report) => {
    checkEscalation(parsed, report);
    const { windowMs, blockDurationMs, escalate, threshold } = parsed;
    const longest: Readonly<Record<string, number>> = {
      windowMs,
      blockDurationMs,
      'escalate.maxDurationMs': (escalate?.maxDurationMs ?? 0) + (escalate?.memoryMs ?? 0),
    };
    for (const [path, ms] of Object.entries(longest)) {
      if (ms * 1_000 > LONGEST_US) report(path, 'is more than ten years; what a store remembers has an end');
    }
    checkShare(parsed, ['threshold', threshold], report);
  });
}
