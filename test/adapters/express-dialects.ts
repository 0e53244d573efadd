import express5 from 'express';
import express4 from 'express-4';
import express52 from 'express-5.2';

export type ExpressFactory = typeof express5;

/** A version of Express, and how it wants paths to be written. */
export interface Dialect {
  readonly name: string;
  readonly express: ExpressFactory;
  /** Whether its routers publish which handlers they call. */
  readonly publishes: boolean;
  /** Whether it answers when a promise of a handler rejects. */
  readonly catchesRejections: boolean;
  /** A path that ends in anything. */
  rest(path: string): string;
  /** A parameter that need not be there. */
  optional(path: string, name: string): string;
}

const five = {
  catchesRejections: true,
  rest: (path: string): string => `${path}/*splat`,
  optional: (path: string, name: string): string => `${path}{/:${name}}`,
};

export const DIALECTS: readonly Dialect[] = [
  { name: 'Express 5.3', express: express5, publishes: true, ...five },
  { name: 'Express 5.2', express: express52, publishes: false, ...five },
  {
    name: 'Express 4',
    express: express4,
    publishes: false,
    catchesRejections: false,
    rest: (path) => `${path}/*`,
    optional: (path, name) => `${path}/:${name}?`,
  },
];
