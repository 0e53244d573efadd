import type { Decision } from '../traffic/decision.js';
import type { RequestRecord } from './record/request-record.js';

/** A request was refused, or would have been. */
export interface RequestRefused {
  /** Id of the request; absent when ids are off. */
  readonly id?: string;
  readonly method: string;
  /** Path without the query; redacted, at most 200 characters. */
  readonly path: string;
  /** The client's address; absent when it is not known. */
  readonly address?: string;
  readonly decision: Decision;
  /** Whether it was let through, in shadow mode. */
  readonly shadow: boolean;
}

/** The events of a {@link Hardening}, by name. */
export interface HardeningEvents {
  /** A request is over. */
  request: RequestRecord;
  refused: RequestRefused;
}

/** What there is to subscribe to. @internal */
export const HARDENING_EVENTS = /* @__PURE__ */ Object.freeze(['request', 'refused'] as const);
