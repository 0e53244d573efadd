import type { NextFunction, Request, Response } from 'express';
import { rows, transaction } from '../db.js';
import { HttpError, texts } from '../lib/http-error.js';
import { userOf } from '../middleware/auth.js';

type BySlug = Request<{ slug: string }>;

interface Article {
  slug: string;
  author: string;
  title: string;
  body: string;
  tags: string[];
}

const SELECT = `select slug, author, title, body,
  array(select tag from tags where tags.slug = articles.slug order by tag) as tags from articles`;

async function find(slug: string): Promise<Article> {
  const [article] = await rows<Article>(`${SELECT} where slug = $1`, [slug]);
  if (article === undefined) throw new HttpError(404, 'no such article');
  return article;
}

/** Lets only the author through. */
export async function owned(req: BySlug, _res: Response, next: NextFunction): Promise<void> {
  const { author } = await find(req.params.slug);
  if (author !== userOf(req)) throw new HttpError(403, 'not yours');
  next();
}

export async function list(req: Request, res: Response): Promise<void> {
  const { author, limit = '20', offset = '0' } = req.query;
  const values = [author ?? null, limit, offset];
  const articles = await rows<Article>(
    `${SELECT} where $1::text is null or author = $1 order by created_at desc limit least($2::int, 100) offset $3::int`,
    values,
  );
  res.json({ articles });
}

export async function create(req: Request, res: Response): Promise<void> {
  const { title, body } = texts(req.body, ['title', 'body']);
  const { tags = [] } = req.body as { tags?: string[] };
  const slug = title.toLowerCase().replace(/\W+/g, '-').slice(0, 80);
  await transaction(async (client) => {
    await client.query('insert into articles values ($1, $2, $3, $4)', [slug, userOf(req), title, body]);
    for (const tag of tags) await client.query('insert into tags values ($1, $2)', [slug, tag]);
  });
  res.status(201).json({ article: await find(slug) });
}

export async function read(req: BySlug, res: Response): Promise<void> {
  res.json({ article: await find(req.params.slug) });
}

export async function update(req: BySlug, res: Response): Promise<void> {
  const { body } = texts(req.body, ['body']);
  await rows('update articles set body = $2 where slug = $1', [req.params.slug, body]);
  res.json({ article: await find(req.params.slug) });
}

export async function remove(req: BySlug, res: Response): Promise<void> {
  await rows('delete from articles where slug = $1', [req.params.slug]);
  res.sendStatus(204);
}
