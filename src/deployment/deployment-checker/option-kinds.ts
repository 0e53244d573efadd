import { describe, type OptionKind } from '../../core/options.js';
import { isShortText } from '../../core/text-rules.js';
import type { DeploymentCheck } from '../check.js';
import { type CheckedConfig, REQUIRED_VARIABLES } from '../checks/environment-check.js';
import { variablesOption } from '../checks/kinds.js';
import { asCheck } from './registration.js';

/** Tags, or nothing. @internal */
export function wordsOption(): OptionKind<readonly string[] | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      if (!Array.isArray(value) || value.length === 0 || !value.every(isShortText))
        report(path, `must be a list of one or more tags, got ${describe(value)}`);
      return value as readonly string[];
    },
  };
}

/** What must be set. @internal */
export function envOption(): OptionKind<readonly string[] | CheckedConfig | false> {
  const what = 'a list of names, a ConfigValidator or false, which asks for none';
  const kind = variablesOption<CheckedConfig>(REQUIRED_VARIABLES, what);
  return { parse: (value, path, report) => (value === false ? value : kind.parse(value, path, report)) };
}

/** On, off, or on with options. @internal */
export function switchOption<T extends object>(): OptionKind<boolean | T> {
  return {
    parse(value, path, report) {
      if (value === undefined) return false;
      if (typeof value !== 'boolean' && (typeof value !== 'object' || value === null || Array.isArray(value)))
        report(path, `must be true, false or options, got ${describe(value)}`);
      return value as boolean | T;
    },
  };
}

/** Checks of one's own. @internal */
export function checksOption(): OptionKind<readonly DeploymentCheck[]> {
  return {
    parse(value, path, report) {
      if (value === undefined) return [];
      if (!Array.isArray(value)) {
        report(path, `must be a list of checks, got ${describe(value)}`);
        return [];
      }
      return (value as readonly unknown[]).flatMap((one, i) => {
        const { check, problems } = asCheck(one);
        for (const problem of problems) report(`${path}[${String(i)}]`, problem);
        return check === undefined ? [] : [check];
      });
    },
  };
}
