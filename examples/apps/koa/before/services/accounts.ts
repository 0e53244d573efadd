import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

interface Account {
  salt: Buffer;
  key: Buffer;
}

const accounts = new Map<string, Account>();
const sessions = new Map<string, string>();

/** Whether the name was free. */
export async function open(name: string, password: string): Promise<boolean> {
  if (accounts.has(name)) return false;
  const salt = randomBytes(16);
  accounts.set(name, { salt, key: await derive(password, salt, 32) });
  return true;
}

/** The token of a new session; `undefined` for a wrong name or password. */
export async function logIn(name: string, password: string): Promise<string | undefined> {
  const account = accounts.get(name);
  if (account === undefined) return undefined;
  if (!timingSafeEqual(await derive(password, account.salt, 32), account.key)) return undefined;
  const token = randomBytes(24).toString('base64url');
  sessions.set(token, name);
  return token;
}

export const logOut = (token: string): boolean => sessions.delete(token);

export const ownerOf = (token: string): string | undefined => sessions.get(token);
