import type { Request, Response } from 'express';
import { rows } from '../db.js';
import { HttpError, texts } from '../lib/http-error.js';
import { userOf } from '../middleware/auth.js';

type BySlug = Request<{ slug: string }>;

interface Comment {
  id: number;
  author: string;
  body: string;
}

export async function list(req: Request, res: Response): Promise<void> {
  const { slug } = (req as BySlug).params;
  const comments = await rows<Comment>('select id, author, body from comments where slug = $1 order by id', [slug]);
  res.json({ comments });
}

export async function create(req: Request, res: Response): Promise<void> {
  const { body } = texts(req.body, ['body']);
  const [comment] = await rows<Comment>(
    'insert into comments (slug, author, body) values ($1, $2, $3) returning id, author, body',
    [(req as BySlug).params.slug, userOf(req), body],
  );
  res.status(201).json({ comment });
}

export async function remove(req: Request<{ id: string }>, res: Response): Promise<void> {
  const [comment] = await rows<Comment>('select id, author from comments where id = $1', [req.params.id]);
  if (comment === undefined) throw new HttpError(404, 'no such comment');
  if (comment.author !== userOf(req)) throw new HttpError(403, 'not yours');
  await rows('delete from comments where id = $1', [req.params.id]);
  res.sendStatus(204);
}
