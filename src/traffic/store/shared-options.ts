import {
  count,
  describe,
  durationMs,
  oneOf,
  type OptionKind,
  type OptionSchema,
  type ParsedOptions,
  type ReportIssue,
} from '../../core/options.js';
import type { LimitStore } from './contract.js';

/**
 * How to share a store, and what to do when it cannot be asked: `'local'` lets each process decide by itself, with its
 * share of the limit; `'reject'` refuses everything, `'allow'` admits everything.
 */
export type SharedStoreOptions = {
  /** Where the truth is kept. Whoever has one `name` and one `store` shares its counts. */
  readonly store: LimitStore;
  /** How long a decision waits for the store, in ms, at least 1. @defaultValue `50` */
  readonly storeTimeoutMs?: number | undefined;
  /**
   * Makes digests of keys that nobody can find out by trying who has the store: text of at least 16 characters, the same
   * in all processes. @defaultValue plain SHA-256
   */
  readonly keySecret?: string | undefined;
} & (
  | {
      /** @defaultValue `'local'` */
      readonly onStoreError?: 'local' | undefined;
      /** How many processes share the store: each has a share of 1/instances without it. Integer, at least 1. */
      readonly instances: number;
    }
  | {
      readonly onStoreError: 'reject' | 'allow';
      /** Means nothing here. */
      readonly instances?: number | undefined;
    }
);

/** Defaults of {@link SharedStoreOptions}. */
export const SHARED_STORE_DEFAULTS = /* @__PURE__ */ Object.freeze({ storeTimeoutMs: 50, onStoreError: 'local' });

const METHODS = ['take', 'count', 'record', 'mark', 'changes', 'clear'] as const;
const SHORTEST_SECRET = 16;

function storeOption(): OptionKind<LimitStore> {
  return {
    parse(value, path, report) {
      if (value === undefined) report(path, 'is required: it must be a LimitStore');
      else {
        const given = value as Partial<Record<string, unknown>> | null;
        const missing = METHODS.filter((name) => typeof given?.[name] !== 'function');
        if (missing.length > 0) report(path, `must have the method ${missing.map((name) => `${name}()`).join(', ')}`);
      }
      return value as LimitStore;
    },
  };
}

function secretOption(): OptionKind<string | undefined> {
  return {
    parse(value, path, report) {
      if (value !== undefined && (typeof value !== 'string' || value.length < SHORTEST_SECRET)) {
        const got = typeof value === 'string' ? String(value.length) : describe(value);
        report(path, `must be text of at least ${String(SHORTEST_SECRET)} characters, got ${got}`);
      }
      return value as string | undefined;
    },
  };
}

/** The options of {@link SharedStoreOptions}, as they are read. @internal */
export interface SharedSchema extends OptionSchema {
  readonly store: OptionKind<LimitStore>;
  readonly storeTimeoutMs: OptionKind<number>;
  readonly keySecret: OptionKind<string | undefined>;
  readonly onStoreError: OptionKind<'local' | 'reject' | 'allow'>;
  readonly instances: OptionKind<number | undefined>;
}

/** Reads them, beside those of what shares the store. @internal */
export function sharedSchema(): SharedSchema {
  return {
    store: storeOption(),
    storeTimeoutMs: durationMs(SHARED_STORE_DEFAULTS.storeTimeoutMs, { min: 1 }),
    keySecret: secretOption(),
    onStoreError: oneOf(['local', 'reject', 'allow'], 'local'),
    instances: count({ min: 1, default: undefined }),
  };
}

/** @internal */
export type ParsedSharedOptions = ParsedOptions<SharedSchema>;

/**
 * Checks that each process has a share, when it is to decide by itself.
 *
 * @param limit - what is shared, by the name of its option.
 * @internal
 */
export function checkShare(
  { onStoreError, instances }: ParsedSharedOptions,
  [name, limit]: readonly [name: string, limit: number],
  report: ReportIssue,
): void {
  if (onStoreError !== 'local') return;
  if (instances === undefined) {
    report('instances', "is required with onStoreError 'local': how many processes share the store");
  } else if (limit < instances) {
    report(
      name,
      `must be at least instances, ${String(instances)}, so that each of them has a share when the store is away; ` +
        "or choose onStoreError 'reject' or 'allow'",
    );
  }
}
