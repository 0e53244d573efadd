import { type HardeningRequest, knownState, RequestView } from './exchange.js';
import { linkResponse, responseOf } from './native-response.js';

/**
 * The views of the requests that went through one pipeline, by the frameworks' own requests. They are kept with the state of
 * the response: weak maps of what lives as short as a request cost the collector more than the whole rest of the pipeline,
 * and each property that a request of Express gets costs as much as all headers.
 * @internal
 */
export class RequestViews {
  keep(view: RequestView): void {
    (view.state.views ??= new Map<object, HardeningRequest>()).set(this, view);
    linkResponse(view.native, view.exchange.response);
  }

  /** @param request - a view itself, the framework's own request, or another view of that. */
  of(request: object): RequestView | undefined {
    if (request instanceof RequestView) return request;
    const { native } = request as Partial<HardeningRequest>;
    const response = responseOf(typeof native === 'object' && native !== null ? native : request);
    return response && (knownState(response)?.views?.get(this) as RequestView | undefined);
  }
}
