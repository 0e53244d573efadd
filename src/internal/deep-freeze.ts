/** Plain JSON with all that it holds made unchangeable, so that many may be shown the same. @internal */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
