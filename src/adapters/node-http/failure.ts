import type { Exchange, Hardening } from '../../http/index.js';
import { noteError } from '../../http/exchange.js';
import { send } from '../../http/send.js';

/**
 * Does what there is to do when a listener throws, which would end the process: the error is in the record, so that the
 * access log has it, and reported; the client is told that there was one, if nothing was sent yet.
 *
 * @param how - takes back what the listener has set, or ends what had begun.
 * @internal
 */
export function fail(
  hardening: Hardening,
  exchange: Exchange,
  thrown: unknown,
  how: { takeBack?(): void; giveUp(): void },
): void {
  const { response, method } = exchange;
  noteError(response, thrown);
  hardening.report(thrown);
  if (response.destroyed === true) return;
  if (response.headersSent) {
    how.giveUp();
    return;
  }
  how.takeBack?.();
  send({ method, exchange }, 500, {
    contentType: 'application/problem+json',
    headers: [],
    body: { type: 'about:blank', title: 'Internal Server Error', status: 500 },
  });
}
