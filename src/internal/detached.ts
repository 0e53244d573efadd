/**
 * A copy of the text that shares no memory with longer text it may have been cut from: a key must not keep a whole
 * header alive.
 * @internal
 */
export function detached(key: string): string {
  const codes: number[] = [];
  for (let i = 0; i < key.length; i++) codes.push(key.charCodeAt(i));
  return String.fromCharCode(...codes);
}
