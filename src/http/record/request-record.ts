/** What sort of answer a request got: one, one that stays open such as server-sent events, or a connection of its own. */
export type RequestKind = 'response' | 'stream' | 'upgrade' | 'connect';

/** What is known about a request once it is over. */
export interface RequestRecord {
  /** Id of the request; absent when ids are off. */
  readonly id?: string;
  /** Ids of the trace and of the request's step in it; absent without a trace. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** Request method, at most 32 characters. */
  readonly method: string;
  /** Path without the query; redacted, at most 200 characters. */
  readonly path: string;
  /** Pattern of the route that answered, `unmatched` when none did; absent when nobody knows. */
  readonly route?: string;
  /** The client's address; absent when it is not known. */
  readonly address?: string;
  /** Status of the answer; `499` when the client hung up before there was one. */
  readonly status: number;
  readonly kind: RequestKind;
  /** Whether the client hung up before the answer was complete. */
  readonly aborted: boolean;
  /** Milliseconds from the request's arrival to its end; of a stream or an upgrade, how long it was open. */
  readonly durationMs: number;
  /** Milliseconds from the request's arrival to the first byte of the answer; absent when there was none. */
  readonly firstByteMs?: number;
  /** Length of the answer's body, where it was announced and sent whole. */
  readonly bodyBytes?: number;
  /** Whether it took longer than the slow threshold of its route; never so for a stream or an upgrade. */
  readonly slow: boolean;
  /** Name of the limiter that refused it, when one did. */
  readonly refusedBy?: string;
  /** Parameters of the query that were asked for; redacted, at most 200 characters each. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers of the request that were asked for; redacted, at most 200 characters each. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What was thrown while it was handled, itself. Its texts may hold anything: loggers mask them, listeners have to. */
  readonly error?: unknown;
}

/** Who is told of requests. @internal */
export interface RecordTeller {
  /** What it does, and what it writes to: of several that do the same with the same, the first is told. */
  readonly does: 'count' | 'access-log' | 'slow-log' | 'metrics' | 'monitor' | 'abuse';
  readonly target: object;
  /** Told when a record is opened. */
  opened?(method: string): void;
  /**
   * Told when the record is closed.
   *
   * @param others - all who are told.
   */
  closed(record: RequestRecord, others: readonly RecordTeller[]): void;
}

/** Whether the client gave up: a stream ends when it has had enough, and what the service cut off is no choice of its. @internal */
export function wasGivenUp(record: RequestRecord): boolean {
  return record.aborted && record.kind === 'response' && !isError(record);
}

/**
 * Whether something went wrong in the service: what is thrown for the client's sake is an answer like any other, unless it
 * cut that answer off.
 * @internal
 */
export function isError({ status, aborted, error }: RequestRecord): boolean {
  return status >= 500 || (error !== undefined && (status < 400 || (aborted && status !== 499)));
}
