/** @internal */
export type Variables = Readonly<Record<string, string | undefined>>;

const MOST_VARIABLES = 10_000;
const NAME = /^[A-Za-z_]\w{0,99}$/;

/** Names that are set, in order. @internal */
export function namesOf(variables: Variables): string[] {
  return Object.keys(variables)
    .slice(0, MOST_VARIABLES)
    .filter((name) => NAME.test(name) && !isUnset(variables[name]))
    .sort();
}

/** @internal */
export function isUnset(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}
