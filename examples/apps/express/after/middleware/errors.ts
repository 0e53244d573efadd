import type { NextFunction, Request, Response } from 'express';
import { HttpError } from '../lib/http-error.js';

// #region codes
/** What errors from below mean to a client, by their code. */
const STATUS: Record<string, number> = {
  '22P02': 422, // not a number
  '22021': 422, // a text that the database cannot hold
  '23503': 404, // what it refers to is gone
  '23505': 409, // taken
  BREAKWATER_CIRCUIT_OPEN: 503,
};
// #endregion codes

interface Failure {
  status?: number;
  code?: string;
  message: string;
}

export function notFound(req: Request): void {
  throw new HttpError(404, `no ${req.method} ${req.path}`);
}

// #region handler
export function handler(error: Failure, req: Request, res: Response, next: NextFunction): void {
  if (res.headersSent) {
    next(error);
    return;
  }
  const status = error.status ?? STATUS[error.code ?? ''] ?? 500;
  if (status >= 500) console.error(`${req.method} ${req.path} failed:`, error);
  if ('retryAfterMs' in error) res.set('Retry-After', String(Math.ceil(Number(error.retryAfterMs) / 1_000)));
  res.status(status).json({ error: status >= 500 ? 'something went wrong' : error.message });
}
// #endregion handler
