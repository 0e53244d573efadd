import { createHmac, timingSafeEqual } from 'node:crypto';
import { secureBytes } from '../../core/random.js';

/** Compares texts with `expected` in a time that tells nothing about it, its length included. @internal */
export function tokenComparer(expected: string): (given: string) => boolean {
  const key = secureBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const wanted = digest(expected);
  return (given) => timingSafeEqual(digest(given), wanted);
}
