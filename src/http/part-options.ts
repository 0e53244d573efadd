import { InvalidOptionsError, type OptionIssue } from '../core/errors.js';
import { describe } from '../core/options.js';

/** The options of a part that is not an instance; anything else is noted. @internal */
export function optionsOfPart(value: unknown, path: string, issues: OptionIssue[]): object {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value)) return value;
  issues.push({ path, message: `must be an instance, its options, or false, got ${describe(value)}` });
  return {};
}

/** Makes a part; what is wrong with its options joins the other issues. @internal */
export function madePart<T>(issues: OptionIssue[], path: string, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InvalidOptionsError)) throw error;
    for (const issue of error.issues) {
      issues.push({ path: issue.path === '' ? path : `${path}.${issue.path}`, message: issue.message });
    }
    return undefined;
  }
}

/** A part that is wanted only when it is given: an instance that can do what will be asked of it, or made of its options. @internal */
export function givenPart<T extends { readonly kind: string }>(
  value: unknown,
  path: string,
  kind: T['kind'],
  methods: readonly (keyof T & string)[],
  make: (options: object) => T,
  issues: OptionIssue[],
): T | undefined {
  if (value === undefined || value === false) return undefined;
  if (!isOfKind<T>(value, kind)) {
    const options = optionsOfPart(value, path, issues);
    return madePart(issues, path, () => make(options));
  }
  return wholeInstance(value, path, methods, issues);
}

/**
 * An instance that can do what the pipeline will ask of it.
 *
 * @param members - its methods, and `name` where it has to have one.
 * @internal
 */
export function wholeInstance<T extends object>(
  value: T,
  path: string,
  members: readonly (keyof T & string)[],
  issues: OptionIssue[],
): T | undefined {
  const missing = members
    .filter((member) => typeof value[member] !== (member === 'name' ? 'string' : 'function'))
    .map((member) => (member === 'name' ? member : `${member}()`));
  if (missing.length === 0) return value;
  issues.push({ path, message: `must be an instance with ${missing.join(', ')}` });
  return undefined;
}

/** Whether a value is a part of a kind, from whichever copy of the package. @internal */
export function isOfKind<T extends { readonly kind: string }>(value: unknown, kind: T['kind']): value is T {
  return (value as { kind?: unknown } | null | undefined)?.kind === kind;
}
