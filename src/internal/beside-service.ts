const COMMANDS = /* @__PURE__ */ Symbol.for('breakwater.commands.2');

/**
 * Has something done while every copy of this package knows that this process is a command beside the service, not a part of it.
 *
 * @param patienceMs - how long whoever runs the command would wait for a store.
 * @internal
 */
export async function besideService<T>(patienceMs: number, done: () => Promise<T>): Promise<T> {
  const commands = ((globalThis as { [COMMANDS]?: number[] | undefined })[COMMANDS] ??= []);
  commands.push(patienceMs);
  try {
    return await done();
  } finally {
    commands.splice(commands.indexOf(patienceMs), 1);
  }
}

/** How long a command beside the service would wait for a store; `undefined` in the service. @internal */
export function patienceBesideService(): number | undefined {
  const commands = (globalThis as { [COMMANDS]?: number[] })[COMMANDS] ?? [];
  return commands.length === 0 ? undefined : Math.max(...commands);
}
