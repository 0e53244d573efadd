/** What can be wrong with the value of a key. Stable; texts are not. */
export type ConfigIssueCode =
  | 'missing'
  | 'empty'
  | 'not_int'
  | 'not_number'
  | 'not_bool'
  | 'not_in_set'
  | 'out_of_range'
  | 'too_short'
  | 'too_long'
  | 'bad_pattern'
  | 'bad_url'
  | 'bad_json'
  | 'bad_duration'
  | 'bad_bytes'
  | 'invalid'
  | 'conflict'
  | 'file_unreadable'
  | 'unknown_key'
  | 'rule_failed';

/** One thing that is wrong with a configuration. It never holds a character of a value. */
export interface ConfigIssue {
  /** The environment variable. */
  readonly key: string;
  /** What kind of fault it is. */
  readonly code: ConfigIssueCode;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Something that deserves attention and stops nothing. */
export interface ConfigWarning {
  /** The environment variable. */
  readonly key: string;
  /** `deprecated`: it has been replaced. `unknown_key`: nobody registered it, and it looks like one that is. */
  readonly code: 'deprecated' | 'unknown_key';
  /** What to do. */
  readonly message: string;
}

/** What a field says of a text or a value that is none of its own. @internal */
export interface Fault {
  readonly code: ConfigIssueCode;
  readonly message: string;
}

/** All of them in one line. @internal */
export function toldTogether(found: readonly (ConfigIssue | ConfigWarning)[]): string {
  return found.map(({ key, message }) => `${key} ${message}`).join('; ');
}
