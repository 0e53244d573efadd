/** Ways to fail, as the tables show them. */
export const FAILURES = ['refused', 'reset', 'unavailable', 'other'];

const MOST_DETAILS = 12;
const RESETS = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
]);

/** A request that failed, and how. */
export class Failure extends Error {
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

/** What an error of a connection means to its user. */
export function failureOf(error) {
  if (error instanceof Failure) return error;
  const codes = [];
  for (let cause = error; cause !== undefined && cause !== null && codes.length < 5; cause = cause.cause) {
    codes.push(cause.code ?? cause.message);
  }
  if (codes.includes('ECONNREFUSED')) return new Failure('refused', 'ECONNREFUSED');
  if (codes.some((code) => RESETS.has(code))) return new Failure('reset', error.message.replace(/ [\d.]+:\d+$/, ''));
  return new Failure('other', String(codes[0]));
}

/** An answer that is none. */
export function failureOfStatus(status) {
  return new Failure(status === 503 ? 'unavailable' : 'other', `status ${String(status)}`);
}

/** Counts of one run. */
export class Tally {
  requests = 0;
  /** Messages that a WebSocket's close crossed on the wire. */
  crossed = 0;
  failed = Object.fromEntries(FAILURES.map((kind) => [kind, 0]));
  /** How often each message was seen. */
  details = new Map();

  get failures() {
    return FAILURES.reduce((sum, kind) => sum + this.failed[kind], 0);
  }

  fail(error) {
    const { kind, message } = failureOf(error);
    this.failed[kind]++;
    const known = this.details.has(message) || this.details.size < MOST_DETAILS;
    const detail = known ? message : 'something else';
    this.details.set(detail, (this.details.get(detail) ?? 0) + 1);
  }
}
