import { redactName } from '../../core/redaction.js';

/** Most types of events that are told apart for one component. */
const MOST_NAMES = 50;
const LONGEST_NAME = 100;

/** What all further names are together. */
const OTHER = 'other';

/** Lets so many names through and calls all that come later `other`: names that come with data would have no end. @internal */
export class BoundedNames {
  readonly #known = new Map<string, string>();

  /** The name as it is shown: without secrets, at most 100 characters. */
  of(name: unknown): string {
    if (typeof name !== 'string') return OTHER;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_NAMES || name.length > LONGEST_NAME) return OTHER;
    const shown = redactName(name, LONGEST_NAME);
    this.#known.set(name, shown);
    return shown;
  }
}
