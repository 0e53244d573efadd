import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TOKEN_SECRET } from '../config.js';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

export async function hash(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}:${(await derive(password, salt, 32)).toString('hex')}`;
}

export async function fits(password: string, stored: string): Promise<boolean> {
  const [salt = '', key = ''] = stored.split(':').map((part) => Buffer.from(part, 'hex'));
  return timingSafeEqual(await derive(password, Buffer.from(salt), 32), Buffer.from(key));
}

/** A name, and the proof that it was us who wrote it. */
export function issue(username: string): string {
  const name = Buffer.from(username).toString('base64url');
  return `${name}.${sign(name)}`;
}

/** The user of a token; `undefined` when it is forged. */
export function verify(token: string): string | undefined {
  const [name = '', signature = ''] = token.split('.');
  const [given, wanted] = [Buffer.from(signature), Buffer.from(sign(name))];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return Buffer.from(name, 'base64url').toString();
}

function sign(name: string): string {
  return createHmac('sha256', TOKEN_SECRET).update(name).digest('base64url');
}
