import { redactText } from '../../core/redaction.js';
import { whenOver } from './connection.js';
import { type ExchangeState, type RequestView, type ResponseShape, stateOf } from '../exchange.js';

/** What is known about a request once it is over. */
export interface RequestRecord {
  /** Id of the request; absent when ids are off. */
  readonly id?: string;
  readonly method: string;
  /** Path without the query; redacted, at most 200 characters. */
  readonly path: string;
  /** The client's address; absent when it is not known. */
  readonly address?: string;
  /** Status of the answer; `499` when the client hung up before there was one. */
  readonly status: number;
  /** Whether the client hung up before the answer was complete. */
  readonly aborted: boolean;
  /** Milliseconds from the request's arrival to its end. */
  readonly durationMs: number;
  /** Whether it took longer than the slow threshold of its route. */
  readonly slow: boolean;
  /** Name of the limiter that refused it, when one did. */
  readonly refusedBy?: string;
}

const CLIENT_HUNG_UP = 499;
const LONGEST_PATH = 200;
/** Clients choose how long a path is, and masking takes its time for each character. */
const MASKED_BEYOND = 2_000;

/** A path as records and events show it: secrets masked, cut to 200 characters. @internal */
export function shownPath(path: string): string {
  return redactText(path, LONGEST_PATH, MASKED_BEYOND);
}

/**
 * Opens the record of a request; it is closed once, when the response is over in whatever way. A request that has a
 * record already gets no second one.
 *
 * @param now - reads the time; never fails.
 * @internal
 */
export function openRecord(
  request: RequestView,
  slowRequestMs: number,
  now: () => number,
  close: (record: RequestRecord) => void,
): void {
  const { response } = request.exchange;
  const state = stateOf(response);
  if (state.recorded === true) return;
  state.recorded = true;
  const startedAtMs = now();
  request.noteAddress();
  whenOver(request.exchange, () => {
    close(recordOf(request, response, state, now() - startedAtMs, slowRequestMs));
  });
}

function recordOf(
  request: RequestView,
  response: ResponseShape,
  { id, refusedBy }: ExchangeState,
  durationMs: number,
  slowRequestMs: number,
): RequestRecord {
  const { method, path, address } = request;
  const aborted = !response.writableFinished;
  return Object.freeze({
    ...(id === undefined ? {} : { id }),
    method,
    path: shownPath(path),
    ...(address === undefined ? {} : { address }),
    status: aborted && !response.headersSent ? CLIENT_HUNG_UP : response.statusCode,
    aborted,
    durationMs,
    slow: durationMs > slowRequestMs,
    ...(refusedBy === undefined ? {} : { refusedBy }),
  });
}
