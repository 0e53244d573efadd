import type { Request, Response } from 'express';
import { rows } from '../db.js';
import { fits, hash, issue } from '../lib/credentials.js';
import { HttpError, texts } from '../lib/http-error.js';
import { userOf } from '../middleware/auth.js';

interface User {
  username: string;
  email: string;
  password: string;
}

export async function register(req: Request, res: Response): Promise<void> {
  const { username, email, password } = texts(req.body, ['username', 'email', 'password']);
  if (!email.includes('@')) throw new HttpError(422, 'email is none');
  if (password.length < 8) throw new HttpError(422, 'password is too short');
  await rows('insert into users values ($1, $2, $3)', [username, email, await hash(password)]);
  res.status(201).json({ user: { username, email, token: issue(username) } });
}

export async function login(req: Request, res: Response): Promise<void> {
  const { email, password } = texts(req.body, ['email', 'password']);
  const [user] = await rows<User>('select * from users where email = $1', [email]);
  if (user === undefined || !(await fits(password, user.password))) throw new HttpError(401, 'wrong email or password');
  res.json({ user: { username: user.username, email, token: issue(user.username) } });
}

export async function current(req: Request, res: Response): Promise<void> {
  const [user] = await rows<User>('select * from users where username = $1', [userOf(req)]);
  if (user === undefined) throw new HttpError(404, 'no such user');
  res.json({ user: { username: user.username, email: user.email } });
}
