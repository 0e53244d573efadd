/** What was thrown, as one text: reading it may throw as well. Not masked yet. @internal */
export function errorText(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return String(error);
    const { message, code, name } = error as { message?: unknown; code?: unknown; name?: unknown };
    // A refused connection to a host with several addresses has a code but no message.
    for (const text of [message, code, name]) if (typeof text === 'string' && text !== '') return text;
    return 'an object was thrown';
  } catch {
    return 'unreadable error';
  }
}

/** What was thrown, with where it came from if it says so. Not masked yet. @internal */
export function errorStack(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return String(error);
    const { stack, message } = error as { readonly stack?: unknown; readonly message?: unknown };
    for (const text of [stack, message]) if (typeof text === 'string' && text !== '') return text;
    return 'an object without a message';
  } catch {
    return 'a value that cannot be read';
  }
}
