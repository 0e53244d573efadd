import { type Params, templateOf } from './mount-template.js';
import type { Place } from './place.js';

/** Mounts that are told apart: a RegExp can make a different one of each path that a client thinks of. */
const MOST = 200;
const EVERY_OTHER = '/*';

/** The mounts of an application, found out from the paths and parameters of requests. @internal */
export class Mounts {
  #left = MOST;

  /**
   * The place below `place` of which a client wrote `path`.
   *
   * @param params - parameters of the mount, with those of outer routers where they are merged.
   * @param outer - parameters of the outer ones.
   */
  below(place: Place, path: string, params: Params, outer: Params): Place {
    if (path === '') return place;
    const template = templateOf(path, params, outer, (one) => place.has(one.toLowerCase()));
    if (template === undefined) return place.mount(EVERY_OTHER);
    // Routers take letters of any case, unless they are told otherwise: the first to come is remembered.
    const key = template.toLowerCase();
    if (place.has(key)) return place.mount(template, key);
    if (this.#left === 0) return place.mount(EVERY_OTHER);
    this.#left--;
    return place.mount(template, key);
  }
}
