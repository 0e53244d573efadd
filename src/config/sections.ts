import { put } from './frozen.js';
import type { Registration } from './registration.js';

/** Keys that belong together; without a name they are all there are. @internal */
export interface Section {
  readonly name: string | undefined;
  readonly registrations: readonly Registration[];
}

/** The keys of all sections. @internal */
export function registrationsOf(sections: readonly Section[]): Registration[] {
  return sections.flatMap(({ registrations }) => registrations);
}

/** The sections with each key once: in the first that has it. @internal */
export function withoutRepeats(sections: readonly Section[]): readonly Section[] {
  const seen = new Set<string>();
  return sections.map(({ name, registrations }) => ({
    name,
    registrations: registrations.filter(({ key }) => !seen.has(key) && seen.add(key)),
  }));
}

/** The values as they are handed out: by section, where sections have names. @internal */
export function shaped(values: Readonly<Record<string, unknown>>, sections: readonly Section[]): object {
  const shape: Record<string, unknown> = {};
  for (const { name, registrations } of sections) {
    if (name === undefined) return Object.freeze(values);
    put(shape, name, Object.freeze(only(values, registrations)));
  }
  return Object.freeze(shape);
}

/** As they are there, also those that only fail when they are read. */
function only(values: Readonly<Record<string, unknown>>, registrations: readonly Registration[]): object {
  const own = {};
  for (const { key } of registrations) {
    const property = Object.getOwnPropertyDescriptor(values, key);
    if (property !== undefined) Object.defineProperty(own, key, property);
  }
  return own;
}
