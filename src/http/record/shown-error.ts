/**
 * What a line shows of what was thrown: itself, but for an error that carries the body of a request, as parsers of bodies
 * throw it. That holds what the client sent, and its message quotes it.
 * @internal
 */
export function shownError(thrown: unknown): unknown {
  try {
    if (typeof thrown !== 'object' || thrown === null || !('body' in thrown)) return thrown;
    const { name, type, code, status } = thrown as Readonly<Record<string, unknown>>;
    const kept = Object.entries({ name, type, code, status }).filter(([, value]) => isWord(value));
    return { ...Object.fromEntries(kept), message: 'not shown: it may quote the body of the request' };
  } catch {
    return { message: 'unreadable' };
  }
}

function isWord(value: unknown): boolean {
  return (typeof value === 'string' && value.length <= 100) || typeof value === 'number';
}
