import { redactName } from '../../core/redaction.js';

/** As many as fit into a byte, with one for all the others. */
const MOST_TYPES = 255;
const OTHERS = 'other';

/** Numbers for the types of events: there may be many events, but types come from the program and are few. @internal */
export class EventTypes {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [OTHERS];

  /** The number of a type; beyond 254 types all share one. */
  numberOf(type: string): number {
    const known = this.#numbers.get(type);
    if (known !== undefined) return known;
    if (this.#names.length >= MOST_TYPES) return 0;
    const number = this.#names.push(redactName(type)) - 1;
    this.#numbers.set(type, number);
    return number;
  }

  /** The number of a type if it came ever, or would not have one of its own. */
  known(type: string): number | undefined {
    return this.#numbers.get(type) ?? (this.#names.length >= MOST_TYPES ? 0 : undefined);
  }

  nameOf(number: number): string {
    return this.#names[number] ?? OTHERS;
  }
}
