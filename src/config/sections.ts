import type { Registration } from './registration.js';

/** Keys that belong together; without a name they are all there are. @internal */
export interface Section {
  readonly name: string | undefined;
  readonly registrations: readonly Registration[];
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
    if (name === undefined) return values;
    const own = registrations.filter(({ key }) => Object.hasOwn(values, key)).map(({ key }) => [key, values[key]]);
    Object.defineProperty(shape, name, { value: Object.freeze(Object.fromEntries(own)), enumerable: true });
  }
  return Object.freeze(shape);
}
