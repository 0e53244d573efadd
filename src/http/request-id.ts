import { secureBytes } from '../core/random.js';

/** An id that may be taken over from a request: nothing in it can break a log line or a header. */
const WELL_FORMED = /^[\w.:+/=-]{8,128}$/;
const ID_BYTES = 16;
const IDS_AT_ONCE = 256;

/** Ids of requests: 128 unguessable bits each, drawn many at a time. @internal */
export class RequestIds {
  readonly #accept: boolean;
  #bytes: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** @param accept - whether a well-formed id that comes with the request is taken over. */
  constructor(accept: boolean) {
    this.#accept = accept;
  }

  of(incoming: string | undefined): string {
    return this.#accept && incoming !== undefined && WELL_FORMED.test(incoming) ? incoming : this.#draw();
  }

  #draw(): string {
    if (this.#used === this.#bytes.length) {
      this.#bytes = secureBytes(ID_BYTES * IDS_AT_ONCE);
      this.#used = 0;
    }
    let id = '';
    for (const end = this.#used + ID_BYTES; this.#used < end; this.#used++) {
      id += (this.#bytes[this.#used] ?? 0).toString(16).padStart(2, '0');
    }
    return id;
  }
}
