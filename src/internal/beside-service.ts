const COMMANDS = /* @__PURE__ */ Symbol.for('breakwater.commands.1');

/**
 * Has something done while every copy of this package knows that this process is a command beside the service, not a part of it.
 * @internal
 */
export async function besideService<T>(done: () => Promise<T>): Promise<T> {
  const shared = globalThis as { [COMMANDS]?: number | undefined };
  shared[COMMANDS] = (shared[COMMANDS] ?? 0) + 1;
  try {
    return await done();
  } finally {
    shared[COMMANDS]--;
  }
}

/** Whether this process is a command beside the service. @internal */
export function isBesideService(): boolean {
  return ((globalThis as { [COMMANDS]?: number | undefined })[COMMANDS] ?? 0) > 0;
}
