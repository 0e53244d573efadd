import { joinPatterns, patternText } from '../../http/route-pattern.js';

/** Names that an application remembers; beyond them, which takes routers that are made while it runs, they are made anew. */
const MOST_REMEMBERED = 2_000;

/** Where a router is mounted, by the patterns of all mounts above it, and what its routes are called. @internal */
export class Place {
  /** What stands for a middleware that is mounted here: `/static/*`. */
  readonly anything: string;
  readonly #prefix: string;
  readonly #names: { count: number };
  readonly #routes = new Map<unknown, string>();
  readonly #mounts = new Map<unknown, Place>();

  constructor(prefix = '', names = { count: 0 }) {
    this.#prefix = prefix;
    this.#names = names;
    this.anything = joinPatterns(prefix, '/*');
  }

  /** What a route is called that has this pattern here. */
  route(pattern: unknown): string {
    const known = this.#routes.get(pattern);
    if (known !== undefined) return known;
    const name = joinPatterns(this.#prefix, patternText(pattern));
    if (this.#mayRemember()) this.#routes.set(pattern, name);
    return name;
  }

  /**
   * The place that is mounted here with this pattern.
   *
   * @param key - what it is remembered under.
   */
  mount(pattern: unknown, key = pattern): Place {
    if (pattern === '/' || pattern === '') return this;
    const known = this.#mounts.get(key);
    if (known !== undefined) return known;
    const place = new Place(joinPatterns(this.#prefix, patternText(pattern)), this.#names);
    if (this.#mayRemember()) this.#mounts.set(key, place);
    return place;
  }

  /** Whether something is mounted here, and remembered under this key. */
  has(key: unknown): boolean {
    return this.#mounts.has(key);
  }

  #mayRemember(): boolean {
    return this.#names.count++ < MOST_REMEMBERED;
  }
}
