/** A name in the code as words: `stateChange` is `state change`. @internal */
export function inWords(name: string): string {
  return split(name).join(' ').toLowerCase();
}

/** The same as part of a metric's name: `per-user` is `per_user`; what no such name may hold is left out. @internal */
export function inSnakeCase(name: string): string {
  return split(name)
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '');
}

/** Where a word ends: before a capital after a small letter, and at anything that is no letter and no digit. */
function split(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_.:/-]+/)
    .filter((word) => word !== '');
}
