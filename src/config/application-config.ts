import { InvalidArgumentError } from '../core/errors.js';
import { describe } from '../core/options.js';
import { redactName } from '../core/redaction.js';
import { ConfigValidator } from './config-validator.js';
import { Configuration, type ConfigOptions, GIVEN, SECTIONS } from './configuration.js';
import { isSame, type Registration } from './registration.js';
import { registrationsOf, type Section } from './sections.js';

/** A section: a configuration, or a class of which one is made. */
export type ConfigSection = ConfigValidator | (new () => ConfigValidator);

/** What is made of a section, if anything. */
type Made<S> = S extends new () => infer I ? I : S;

/** The values of a section. */
export type SectionValues<S> =
  Made<S> extends Pick<Configuration<object>, 'validateOrThrow'> ? ReturnType<Made<S>['validateOrThrow']> : never;

/** The values of an {@link ApplicationConfig}, by section. */
export type ApplicationValues<S> = { readonly [N in keyof S]: SectionValues<S[N]> };

/** Those of them that are right. */
export type PartialApplicationValues<S> = { readonly [N in keyof S]: Partial<SectionValues<S[N]>> };

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Several configurations as one: read in one pass, with one summary and everything that is wrong in one report. The values
 * are those of each section under its name.
 *
 * @typeParam S - the sections by name.
 *
 * @example
 * const app = new ApplicationConfig({ database: DatabaseConfig, api: APIConfig });
 * const { database, api } = app.validateOrThrow();
 * listen(api.API_PORT, connect(database.DATABASE_URL));
 */
export class ApplicationConfig<S extends Readonly<Record<string, ConfigSection>>> extends Configuration<
  ApplicationValues<S>,
  PartialApplicationValues<S>
> {
  readonly #sections: readonly Section[];

  /**
   * @param sections - configurations or classes of them, by name; what they have registered by now counts. A key that
   * several of them register in the same way is one key.
   * @throws {@link InvalidOptionsError} naming every option that is unknown or impossible.
   * @throws {@link InvalidArgumentError} for a section that is none or has options of its own besides a name, and for a key
   * that two of them register in different ways.
   */
  constructor(sections: S, options?: ConfigOptions) {
    super('ApplicationConfig', options);
    const parts = partsOf(this.name, sections);
    checkShared(this.name, parts);
    this.#sections = parts.map(({ name, part }) => ({ name, registrations: registrationsOf(part[SECTIONS]()) }));
  }

  /** @internal */
  [SECTIONS](): readonly Section[] {
    return this.#sections;
  }
}

interface Part {
  readonly name: string;
  readonly part: ConfigValidator;
}

function partsOf(owner: string, sections: unknown): Part[] {
  if (typeof sections !== 'object' || sections === null || Array.isArray(sections))
    throw new InvalidArgumentError(
      `${owner}: the sections must be an object of them by name, got ${describe(sections)}`,
    );
  const parts = Object.entries(sections).map(([name, section]) => ({ name, part: partOf(owner, name, section) }));
  if (parts.length === 0)
    throw new InvalidArgumentError(`${owner}: there has to be a section, as in { api: APIConfig }`);
  return parts;
}

function partOf(owner: string, name: string, section: unknown): ConfigValidator {
  if (!NAME.test(name))
    throw new InvalidArgumentError(
      `${owner}: a section's name must be a letter, and letters, digits, _ and -, got '${redactName(name, 64)}'`,
    );
  const part: unknown = isClass(section) ? new section() : section;
  if (!(part instanceof ConfigValidator))
    throw new InvalidArgumentError(
      `${owner}: section '${name}' must be a ConfigValidator or a class of them, got ${describe(section)}`,
    );
  const given = part[GIVEN];
  if (given.length > 0)
    throw new InvalidArgumentError(
      `${owner}: section '${name}' has options of its own (${given.join(', ')}), which would not count here; give them to ${owner}`,
    );
  return part as ConfigValidator;
}

function isClass(section: unknown): section is new () => unknown {
  return typeof section === 'function' && section.prototype instanceof ConfigValidator;
}

/** A key is the same for all who register it. */
function checkShared(owner: string, parts: readonly Part[]): void {
  const first = new Map<string, { readonly by: string; readonly one: Registration }>();
  for (const { name, part } of parts) {
    const by = `'${name}' (${part.name})`;
    for (const one of registrationsOf(part[SECTIONS]())) {
      const known = first.get(one.key);
      if (known === undefined) first.set(one.key, { by, one });
      else if (!isSame(known.one, one))
        throw new InvalidArgumentError(
          `${owner}: ${known.by} and ${by} both register ${one.key}, with different types or options`,
        );
    }
  }
}
