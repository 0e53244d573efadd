import { describe, hasMethod, type OptionKind } from '../../core/options.js';
import { redactName } from '../../core/redaction.js';
import { isShortText } from '../../core/text-rules.js';
import type { DeploymentCheck } from '../check.js';
import { type CheckedConfig, REQUIRED_VARIABLES } from '../checks/environment-check.js';
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

/** A variable's name as a system takes it. */
function isVariableName(value: unknown): value is string {
  return isShortText(value) && value.trim() === value && !value.includes('=');
}

/** What must be set. @internal */
export function envOption(): OptionKind<readonly string[] | CheckedConfig | false> {
  return {
    parse(value, path, report) {
      if (value === undefined) return REQUIRED_VARIABLES;
      if (value === false || (!Array.isArray(value) && hasMethod(value, 'validate'))) return value as false;
      if (!Array.isArray(value)) {
        report(path, `must be a list of names, a ConfigValidator or false, got ${describe(value)}`);
        return false;
      }
      const names = value as readonly unknown[];
      if (names.length === 0) report(path, 'must name at least one variable; false asks for none');
      for (const [i, name] of names.entries()) {
        if (!isVariableName(name))
          report(`${path}[${String(i)}]`, `must be the name of a variable, got ${describe(name)}`);
        else if (names.indexOf(name) !== i) report(`${path}[${String(i)}]`, `names ${redactName(name, 64)} again`);
      }
      return names as readonly string[];
    },
  };
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
