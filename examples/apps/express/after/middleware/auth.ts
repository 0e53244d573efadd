import type { NextFunction, Request, Response } from 'express';
import { HttpError } from '../lib/http-error.js';
import { verify } from '../lib/credentials.js';

type WithUser = Request & { user?: string | undefined };

/** Whoever the request's token belongs to. */
export const userOf = (req: Request): string | undefined => (req as WithUser).user;

/** Sets `req.user` where there is a token; one that is wrong is refused, whatever the route. */
export function loadUser(req: Request, _res: Response, next: NextFunction): void {
  const token = /^(?:Bearer|Token) (.+)$/i.exec(req.get('authorization') ?? '')?.[1];
  if (token !== undefined) {
    const user = verify(token);
    if (user === undefined) throw new HttpError(401, 'the token is not valid');
    (req as WithUser).user = user;
  }
  next();
}

/** For routes that need somebody. */
export function required(req: Request, _res: Response, next: NextFunction): void {
  if (userOf(req) === undefined) throw new HttpError(401, 'log in first');
  next();
}
