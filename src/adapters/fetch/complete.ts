import type { Exchange } from '../../http/index.js';
import { noteError } from '../../http/exchange.js';
import type { Answer } from './answer.js';
import { followBody } from './follow-body.js';

const SWITCHING = 101;
const FAILED = 500;

/**
 * Makes what a handler answered complete: the same body with the headers that it lacks, as a `Response` of its own, since
 * that of the handler may be immutable, or be answered again. What no such can be made of stays as it is.
 *
 * @internal
 */
export function complete<T>(answer: Answer, { method, headers: asked }: Exchange, answered: T): T {
  const response = answered as Response | null | undefined;
  // The connection is the runtime's, with what it has put on the answer, or without one.
  if (response?.status === SWITCHING || (answered === undefined && asked['upgrade'] !== undefined)) {
    closed(answer, SWITCHING);
    return answered;
  }
  const wrong = whatIsWrong(response);
  if (wrong !== undefined || response == null) {
    noteError(answer, new TypeError(`the handler answered with ${String(wrong)}`));
    closed(answer, FAILED);
    return answered;
  }
  const { status, statusText, body } = response;
  answer.headers = new Headers(response.headers);
  answer.writeHead(status);
  const init = { status, statusText, headers: answer.headers };
  // Nobody reads the body of an answer to HEAD.
  if (body === null || method === 'HEAD') {
    answer.finish(true);
    return new Response(body, init) as T;
  }
  const followed = followBody(body, ({ isWhole, bytes, failure }) => {
    if (failure !== undefined) noteError(answer, failure.thrown);
    // The answer has its headers; this is for the record.
    answer.setHeader('Content-Length', String(bytes));
    answer.finish(isWhole);
  });
  return new Response(followed, init) as T;
}

/** Ends an answer that is not made here. @internal */
export function closed(answer: Answer, status: number): void {
  answer.writeHead(status);
  answer.finish(true);
}

function whatIsWrong(response: Response | null | undefined): string | undefined {
  if (typeof response?.status !== 'number') return 'no Response';
  const { status, body, bodyUsed } = response;
  if (status < 200 || status > 599) return 'an error response';
  if (bodyUsed || body?.locked === true) return 'a body that is read already';
  if (body === null || typeof (body as Partial<ReadableStream>).getReader === 'function') return undefined;
  return 'a body of no known sort';
}
