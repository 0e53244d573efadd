/** How long the event loop has waited and worked since it began, in ms. */
export interface EventLoopReading {
  readonly idle: number;
  readonly active: number;
}

/** How much memory there is, and how much of it is used. */
export interface MemoryReading {
  /** Used of the JavaScript heap, with what the next collection will free. */
  readonly heapUsedBytes: number;
  /** What the heap may grow to before the process ends. */
  readonly heapLimitBytes: number;
  /** Memory of the whole process. */
  readonly rssBytes: number;
  /** What the process, or its container, may use; nothing without such a limit. */
  readonly rssLimitBytes?: number | undefined;
}

/** What the platform says about its own thread and process: the one place of the room that asks. @internal */
export function readEventLoop(): EventLoopReading {
  return globalThis['performance'].eventLoopUtilization();
}

/** @internal */
export async function readMemory(): Promise<MemoryReading> {
  const { getHeapStatistics } = await import('node:v8');
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  const constrained: number | undefined = process.constrainedMemory();
  return {
    heapUsedBytes: used_heap_size,
    heapLimitBytes: heap_size_limit,
    rssBytes: process.memoryUsage.rss(),
    // Nothing, 0 or a number beyond all memory: each platform says in its own way that there is no limit.
    rssLimitBytes: constrained > 0 && constrained <= Number.MAX_SAFE_INTEGER ? constrained : undefined,
  };
}
