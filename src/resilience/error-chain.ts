/** How deep causes are looked at. */
const DEEPEST = 10;

/** What is read of an error. @internal */
export interface ErrorShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly [field: PropertyKey]: unknown;
}

/** An error and its causes, the nearest first, ten at most; whatever cannot be read ends the list. @internal */
export function errorChain(error: unknown): ErrorShape[] {
  const chain: ErrorShape[] = [];
  try {
    for (let next = error; typeof next === 'object' && next !== null && chain.length < DEEPEST;) {
      const link = next as ErrorShape;
      chain.push(link);
      next = link.cause;
    }
  } catch {
    // A getter that throws.
  }
  return chain;
}

/** A field of an error, `undefined` when it cannot be read. @internal */
export function fieldOf(error: unknown, field: PropertyKey): unknown {
  try {
    return typeof error === 'object' && error !== null ? (error as ErrorShape)[field] : undefined;
  } catch {
    return undefined;
  }
}
