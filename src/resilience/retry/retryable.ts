import { InvalidArgumentError, isBreakwaterError, isRejectedError } from '../../core/errors.js';
import { describe } from '../../core/options.js';
import { errorChain, fieldOf } from '../error-chain.js';

/** Never sent: the connection was refused, or the name is not known. */
const NOT_DELIVERED = /* @__PURE__ */ new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_HTTP2_GOAWAY_SESSION',
]);
/** Never sent when connecting met it; on an open connection the request may have arrived. */
const WHILE_CONNECTING = /* @__PURE__ */ new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);
/** Sent perhaps, and lost on the way. */
const NETWORK = /* @__PURE__ */ new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
]);
const NETWORK_CODES = /* @__PURE__ */ Object.freeze([NOT_DELIVERED, WHILE_CONNECTING, NETWORK]);
/** Mistakes of the program: another attempt makes them again. */
const PROGRAMMING = /* @__PURE__ */ new Set([
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'RangeError',
  'EvalError',
  'URIError',
]);
/** Codes of ours that say the same. */
const FINAL = ['BREAKWATER_INVALID_ARGUMENT', 'BREAKWATER_INVALID_OPTIONS', 'BREAKWATER_DEADLINE_EXCEEDED'];

const MARK = /* @__PURE__ */ Symbol.for('breakwater.do-not-retry');

/**
 * Marks an error as one that no further attempt can mend, and returns it: the same object, so that whoever catches it
 * sees what it was.
 *
 * @throws {@link InvalidArgumentError} when it is no object, or one that takes no mark.
 *
 * @example
 * if (response.status === 404) throw doNotRetry(new NotFound(id));
 */
export function doNotRetry<E extends object>(error: E): E {
  const given: unknown = error;
  if (typeof given !== 'object' || given === null || !Object.isExtensible(given)) {
    throw new InvalidArgumentError(`doNotRetry: expected an error object that is not frozen, got ${describe(given)}`);
  }
  Object.defineProperty(error, MARK, { value: true, configurable: true });
  return error;
}

/** @internal */
export function isMarked(error: unknown): boolean {
  // The cause of a refusal is the error of another call.
  if (isRejectedError(error)) return fieldOf(error, MARK) === true;
  return errorChain(error).some((link) => fieldOf(link, MARK) === true);
}

/** Whether the failure proves that the operation was not begun on the other side. @internal */
export function wasNotDelivered(error: unknown): boolean {
  if (isRejectedError(error)) return true;
  return errorChain(error).some((link) => {
    const code = fieldOf(link, 'code');
    if (typeof code !== 'string') return false;
    if (NOT_DELIVERED.has(code) || (WHILE_CONNECTING.has(code) && fieldOf(link, 'syscall') === 'connect')) return true;
    const message = fieldOf(link, 'message');
    // Node gives the reason of a refused stream (RFC 9113, section 8.7) in the text alone.
    return (
      code === 'ERR_HTTP2_STREAM_ERROR' && typeof message === 'string' && message.includes('NGHTTP2_REFUSED_STREAM')
    );
  });
}

/** The default of `retryIf`. @internal */
export function isRetryable(error: unknown): boolean {
  if (fieldOf(error, 'name') === 'AbortError') return false;
  if (FINAL.some((code) => isBreakwaterError(error, code))) return false;
  // A refusal without a time to come back, such as that of an isolated circuit, is not a matter of waiting.
  if (isRejectedError(error) && error.retryAfterMs === undefined) return false;
  const name = fieldOf(error, 'name');
  if (typeof name !== 'string' || !PROGRAMMING.has(name)) return true;
  // `fetch` wraps what the network did into a TypeError.
  return errorChain(error).some((link) => {
    const code = fieldOf(link, 'code');
    return typeof code === 'string' && NETWORK_CODES.some((codes) => codes.has(code));
  });
}
