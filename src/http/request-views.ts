import { type HardeningRequest, RequestView } from './exchange.js';

type Holder = Record<symbol, RequestView | undefined>;

/**
 * The views of the requests that went through one pipeline, by the frameworks' own requests, on which they are kept: weak
 * maps of what lives as short as a request cost the collector more than the whole rest of the pipeline.
 * @internal
 */
export class RequestViews {
  readonly #key = Symbol('breakwater.http.request');

  /** Keeps a view with its request; one that takes no further property is not found again. */
  keep(view: RequestView): void {
    const { native } = view;
    if (typeof native !== 'object' || native === null) return;
    const property = { value: view, enumerable: false, configurable: true, writable: true };
    Reflect.defineProperty(native, this.#key, property);
  }

  /** @param request - a view itself, what is kept on, or another view of it. */
  of(request: object): RequestView | undefined {
    if (request instanceof RequestView) return request;
    const { native } = request as Partial<HardeningRequest>;
    return ((typeof native === 'object' && native !== null ? native : request) as Holder)[this.#key];
  }
}
