import type { RoutedRequest } from './route-track.js';

const OWN = /* @__PURE__ */ Object.freeze({ configurable: true, enumerable: true, writable: true });

/**
 * Calls `met` with each request of an application before its router puts the first property on it, which is `next`: by an
 * accessor, which the request's own property shadows from then on.
 *
 * @param prototype - that of its requests.
 * @internal
 */
export function beforeFirstProperty(prototype: object, met: (request: RoutedRequest) => void): void {
  if (Object.hasOwn(prototype, 'next')) return;
  Object.defineProperty(prototype, 'next', {
    configurable: true,
    get: () => undefined,
    set(this: RoutedRequest, next: unknown) {
      met(this);
      if (Object.hasOwn(this, 'next')) this.next = next;
      else own(this, 'next', next);
    },
  });
}

/** Gives an object a property as an assignment would, whatever it inherits. @internal */
export function own(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { ...OWN, value });
}
