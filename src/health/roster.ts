import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import { redactName } from '../core/redaction.js';
import { shortText } from '../core/short-text.js';
import { nearest } from '../core/spelling.js';
import { Gate } from './gate.js';
import { absent, type Member, type Time } from './member.js';
import type { HealthKind } from './options.js';

/** What stands for the whole service in maintenance: nothing else may be called so. @internal */
export const MAINTENANCE = 'maintenance';

/** Who is in the reports of a service, under which name, and in which groups. @internal */
export class Roster {
  readonly #members = new Map<string, Member>();
  readonly #groups = new Map<string, readonly string[]>();
  // Worked out when somebody asks after a change: probes come far more often.
  #lists: Readonly<Record<HealthKind | 'all', readonly Member[]>> | undefined;
  #gates: readonly Gate[] = [];
  readonly #time: Time;

  constructor(time: Time) {
    this.#time = time;
  }

  /** Whether there is anything but gates. */
  get hasChecks(): boolean {
    return this.#members.size > this.#gates.length;
  }

  /** All, or those of a kind, in the order in which they were added. */
  list(kind: HealthKind | 'all'): readonly Member[] {
    return (this.#lists ??= this.#arranged())[kind];
  }

  /** Whether a gate lets no traffic pass. */
  get closed(): boolean {
    return this.#gates.some((gate) => gate.closed);
  }

  /** All that are to be shown now. */
  shown(): Member[] {
    return this.list('all').filter((member) => this.shows(member));
  }

  /** Whether it is to be shown: it may have been taken out while a report waited. */
  shows(member: Member): boolean {
    if (member.hidden === true) return false;
    return member.listed === false || this.#members.get(member.name) === member;
  }

  /** The name as it is shown: what names a check may be the address that it checks. */
  claim(method: string, name: string): string {
    const shown = readName(method, name);
    if (shown === MAINTENANCE) {
      throw new InvalidArgumentError(`${method}: '${MAINTENANCE}' stands for the whole service; choose another name`);
    }
    if (this.#members.has(shown)) {
      throw new InvalidArgumentError(
        `${method}: '${shown}' is in use; choose another name, or take that one out first`,
      );
    }
    return shown;
  }

  add(member: Member): void {
    this.#members.set(member.name, member);
    this.#changed();
  }

  /** Whether it was there. */
  remove(member: Member): boolean {
    if (this.#members.get(member.name) !== member) return false;
    this.#members.delete(member.name);
    this.#changed();
    return true;
  }

  /** @throws {@link InvalidArgumentError} naming the one that was probably meant. */
  find(method: string, name: string): Member {
    const shown = readName(method, name);
    const names = [...this.#members.keys()].filter((one) => one !== MAINTENANCE);
    const member = names.includes(shown) ? this.#members.get(shown) : undefined;
    if (member === undefined) throw new InvalidArgumentError(`${method}: ${unknown(shown, names)}`);
    return member;
  }

  defineGroup(name: string, members: readonly string[]): () => void {
    const shown = readName('defineGroup', name);
    if (this.#groups.has(shown)) {
      throw new InvalidArgumentError(
        `defineGroup: there is a group '${shown}'; choose another name, or take it back first`,
      );
    }
    if (!Array.isArray(members) || members.length === 0) {
      const got = Array.isArray(members) ? 'an empty one' : describe(members);
      throw new InvalidArgumentError(`defineGroup: the members of '${shown}' must be an array of names, got ${got}`);
    }
    const names = (members as readonly string[]).map((member) => this.find(`defineGroup '${shown}'`, member).name);
    const twice = names.find((member, i) => names.indexOf(member) !== i);
    if (twice !== undefined) throw new InvalidArgumentError(`defineGroup: '${twice}' is in '${shown}' twice`);
    this.#groups.set(shown, names);
    return () => {
      if (this.#groups.get(shown) === names) this.#groups.delete(shown);
    };
  }

  /** The members of a group; one that was taken out meanwhile is shown as such, since the group counted on it. */
  group(name: string): readonly Member[] {
    const shown = readName('group', name);
    const names = this.#groups.get(shown);
    if (names === undefined) throw new InvalidArgumentError(`group: ${unknown(shown, [...this.#groups.keys()])}`);
    return names.map((member) => this.#members.get(member) ?? absent(member, this.#time));
  }

  #changed(): void {
    this.#lists = undefined;
    this.#gates = [...this.#members.values()].filter((member) => member instanceof Gate);
  }

  #arranged(): Readonly<Record<HealthKind | 'all', readonly Member[]>> {
    const all = [...this.#members.values()];
    const of = (kind: HealthKind): readonly Member[] => all.filter(({ kinds }) => kinds.includes(kind));
    return { all, liveness: of('liveness'), readiness: of('readiness'), startup: of('startup') };
  }
}

function readName(method: string, name: unknown): string {
  return redactName(shortText(method, 'the name', name));
}

const MOST_NAMED = 10;

/** Does not repeat what was asked for, which may be anything. */
function unknown(asked: string, names: readonly string[]): string {
  const meant = nearest(asked, names);
  if (meant !== undefined) return `there is no such name; did you mean '${meant}'?`;
  const named = names.slice(0, MOST_NAMED).map((name) => `'${name}'`);
  const more = names.length > MOST_NAMED ? `, and ${String(names.length - MOST_NAMED)} more` : '';
  return `there is no such name; there is ${named.length === 0 ? 'nothing yet' : named.join(', ')}${more}`;
}
