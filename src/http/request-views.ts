import { type HardeningRequest, knownState, RequestView, type ResponseShape } from './exchange.js';

/** Where a request of a framework keeps its response, unless the framework itself does. */
const RESPONSE = /* @__PURE__ */ Symbol.for('breakwater.http.response');

interface Native {
  readonly res?: unknown;
  readonly [RESPONSE]?: ResponseShape;
}

/**
 * The views of the requests that went through one pipeline, by the frameworks' own requests. They are kept with the state of
 * the response: weak maps of what lives as short as a request cost the collector more than the whole rest of the pipeline,
 * and each property that a request of Express gets costs as much as all headers.
 * @internal
 */
export class RequestViews {
  keep(view: RequestView): void {
    (view.state.views ??= new Map<object, HardeningRequest>()).set(this, view);
    const { native, exchange } = view;
    if (!isObject(native) || native.res === exchange.response) return;
    Reflect.defineProperty(native, RESPONSE, { value: exchange.response, configurable: true });
  }

  /** @param request - a view itself, the framework's own request, or another view of that. */
  of(request: object): RequestView | undefined {
    if (request instanceof RequestView) return request;
    const { native: given } = request as Partial<HardeningRequest>;
    const native: Native = isObject(given) ? given : request;
    const response = native[RESPONSE] ?? native.res;
    return isObject(response) ? (knownState(response)?.views?.get(this) as RequestView | undefined) : undefined;
  }
}

function isObject(value: unknown): value is Native {
  return typeof value === 'object' && value !== null;
}
