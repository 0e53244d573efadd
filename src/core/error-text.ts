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
