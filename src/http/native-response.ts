import type { ResponseShape } from './exchange.js';

/** Where a request of a framework keeps its response, unless the framework itself does. */
const RESPONSE = /* @__PURE__ */ Symbol.for('breakwater.http.response');

interface Native {
  readonly res?: unknown;
  readonly [RESPONSE]?: unknown;
}

/** Has a framework's own request know the response of its exchange. @internal */
export function linkResponse(native: unknown, response: ResponseShape): void {
  if (!isObject(native) || native.res === response) return;
  Reflect.defineProperty(native, RESPONSE, { value: response, configurable: true });
}

/** The response that a framework's own request knows. @internal */
export function responseOf(native: object): ResponseShape | undefined {
  const { [RESPONSE]: linked, res } = native as Native;
  const response = linked ?? res;
  return isObject(response) ? (response as ResponseShape) : undefined;
}

function isObject(value: unknown): value is Native {
  return typeof value === 'object' && value !== null;
}
