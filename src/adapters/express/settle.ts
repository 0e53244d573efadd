/** A property that is there from the first, and that nobody minds being redefined as what it is. */
const OF_REQUEST = 'url';
const OF_RESPONSE = 'req';

const HIDDEN = /* @__PURE__ */ Object.freeze({ enumerable: false });
const SHOWN = /* @__PURE__ */ Object.freeze({ enumerable: true });

/** Whether there is anything to settle: the engine is V8 before 13, in Node before 24. @internal */
export const SETTLES: boolean = /* @__PURE__ */ isOldV8();

/**
 * Has the engine keep a request and its response as tables from here on, where it would give them a hidden class of their own
 * with each property that is added. Express changes the prototype of both, and V8 before 13 takes what that happens to for
 * something that others inherit from, whose classes are never shared: every access is then looked up anew. For whoever looks
 * at them, nothing is different.
 * @internal
 */
export function settle(request: object): void {
  if (!SETTLES) return;
  const { res } = request as { readonly res?: unknown };
  asTable(request, OF_REQUEST);
  if (typeof res === 'object' && res !== null) asTable(res, OF_RESPONSE);
}

/** What is not there, or cannot be redefined, stays as it is. */
function asTable(target: object, name: string): void {
  const isShown = Object.prototype.propertyIsEnumerable.call(target, name);
  if (isShown && Reflect.defineProperty(target, name, HIDDEN)) Reflect.defineProperty(target, name, SHOWN);
}

/** Read off the global, which is there wherever Express runs. */
function isOldV8(): boolean {
  return Number.parseInt(process.versions.v8, 10) < 13;
}
