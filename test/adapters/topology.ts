import type { Application, RequestHandler, Router } from 'express';
import type { Dialect } from './express-dialects.js';
import type { Ask } from './raw-ask.js';

/** A request, and the route that its record is to name. */
export interface Expected extends Ask {
  readonly route: string;
  /** The route where routers publish nothing, if that is another. */
  readonly watched?: string;
  readonly status?: number;
}

/** A way to lay out routes. */
export interface Topology {
  readonly title: string;
  build(app: Application, dialect: Dialect): void;
  expected(dialect: Dialect): readonly Expected[];
}

/** Answers. */
export const hello: RequestHandler = (_request, response) => void response.send('hello');
/** Leaves the answer to others. */
export const goOn: RequestHandler = (_request, _response, next) => {
  next();
};

/** One of them. */
export function topology(
  title: string,
  build: Topology['build'],
  expected: readonly Expected[] | Topology['expected'],
): Topology {
  return { title, build, expected: typeof expected === 'function' ? expected : () => expected };
}

/** A router with one route. */
export function routerWith({ express }: Dialect, path: string | RegExp | string[], options = {}): Router {
  const router = express.Router(options);
  router.get(path, hello);
  return router;
}
