import { HexIds } from '../../internal/hex-ids.js';

/** An id that may be taken over from a request: nothing in it can break a log line or a header. */
const WELL_FORMED = /^[\w.:+/=-]{8,128}$/;
const ID_BYTES = 16;

/** Ids of requests: 128 unguessable bits each. @internal */
export class RequestIds {
  readonly #accept: boolean;
  readonly #ids = new HexIds();

  /** @param accept - whether a well-formed id that comes with the request is taken over. */
  constructor(accept: boolean) {
    this.#accept = accept;
  }

  of(incoming: string | undefined): string {
    return this.#accept && incoming !== undefined && WELL_FORMED.test(incoming) ? incoming : this.#ids.draw(ID_BYTES);
  }
}
