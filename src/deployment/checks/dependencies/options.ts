import { describe, flag, type OptionKind, parseOptions } from '../../../core/options.js';
import { optional, pathOption } from '../kinds.js';

/** Options of {@link dependenciesCheck}. */
export interface DependenciesCheckOptions {
  /** Folder of the `package.json`. @defaultValue the working directory, when the check runs */
  readonly root?: string | undefined;
  /** Whether development dependencies may be missing, as they are where the build runs. @defaultValue `true` */
  readonly omitDev?: boolean | undefined;
  /** Version of Node that the build is for, such as `24.1.0`. @defaultValue the one that runs the check */
  readonly nodeVersion?: string | undefined;
}

/** Defaults of {@link DependenciesCheckOptions}. */
export const DEPENDENCIES_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({ omitDev: true });

/** @internal */
export interface DependenciesOptions {
  readonly root: string | undefined;
  readonly omitDev: boolean;
  readonly nodeVersion: string | undefined;
}

function versionOption(): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (typeof value === 'string' && /^v?\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(value)) return value;
      report(path, `must be a version such as '24.1.0', got ${describe(value)}`);
      return '';
    },
  };
}

/** @internal */
export function readDependenciesOptions(options: unknown): DependenciesOptions {
  const schema = {
    root: optional(pathOption()),
    omitDev: flag(DEPENDENCIES_CHECK_DEFAULTS.omitDev),
    nodeVersion: optional(versionOption()),
  };
  return parseOptions('dependenciesCheck', schema, options);
}
