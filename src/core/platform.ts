/** The part of an abort signal that Breakwater itself uses. */
export interface AbortSignalShape {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** Subscribes to the abort. */
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  /** Takes the subscription back. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * The platform's `AbortSignal` where the project's types know it (Node's or the browser's), else the part of it that
 * Breakwater uses: so the declarations compile in projects that load neither.
 */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : AbortSignalShape;
