import { expect } from 'vitest';
import { freshName, Visitor } from './visitor.js';

export const PASSWORD = 'correct horse battery';

/** Somebody who has registered with the service on Express. */
export async function member(url: string, name = freshName()): Promise<Visitor & { readonly name: string }> {
  const visitor = new Visitor(url);
  const { status, body } = await visitor.post('/api/users', account(name));
  expect(status).toBe(201);
  visitor.token = (body as { user: { token: string } }).user.token;
  return Object.assign(visitor, { name });
}

export const account = (username: string) => ({ username, email: `${username}@example.org`, password: PASSWORD });

/** An article of a new member, and its address. */
export async function published(url: string) {
  const author = await member(url);
  const { status, body } = await author.post('/api/articles', {
    title: `On ${author.name}`,
    body: 'All that is known.',
    tags: ['tides', 'stones'],
  });
  expect(status).toBe(201);
  const { article } = body as { article: { slug: string } };
  return { author, article, at: `/api/articles/${article.slug}` };
}

/** What the service does for its users, hardened or not. */
export const BEHAVIOUR: readonly (readonly [string, (url: string) => Promise<void>])[] = [
  [
    'registers a user once',
    async (url) => {
      const user = await member(url);
      expect(await user.post('/api/users', account(user.name))).toMatchObject({ status: 409 });
      expect(await user.get('/api/user')).toMatchObject({
        status: 200,
        body: { user: { username: user.name, email: `${user.name}@example.org` } },
      });
    },
  ],
  [
    'logs a user in by the right password only',
    async (url) => {
      const { email } = account((await member(url)).name);
      const visitor = new Visitor(url);
      expect(await visitor.post('/api/users/login', { email, password: 'wrong' })).toMatchObject({ status: 401 });
      const { status, body } = await visitor.post('/api/users/login', { email, password: PASSWORD });
      expect(status).toBe(200);
      visitor.token = (body as { user: { token: string } }).user.token;
      expect(await visitor.get('/api/user')).toMatchObject({ status: 200, body: { user: { email } } });
    },
  ],
  [
    'creates, shows, lists, changes and deletes articles',
    async (url) => {
      const { author, article, at } = await published(url);
      expect(article).toMatchObject({ author: author.name, tags: ['stones', 'tides'] });
      const reader = new Visitor(url);
      expect((await reader.get(at)).body).toEqual({ article });
      expect((await reader.get(`/api/articles?author=${author.name}&limit=5`)).body).toEqual({ articles: [article] });
      const changed = await author.ask('PUT', at, { body: 'More is known.' });
      expect(changed).toMatchObject({ status: 200, body: { article: { body: 'More is known.' } } });
      expect(await author.ask('DELETE', at)).toMatchObject({ status: 204, body: '' });
      expect(await reader.get(at)).toMatchObject({ status: 404 });
    },
  ],
  [
    'stores an article with all its tags or not at all',
    async (url) => {
      const author = await member(url);
      const title = `Twice ${author.name}`;
      const twice = await author.post('/api/articles', { title, body: 'x', tags: ['same', 'same'] });
      expect(twice.status).toBe(409);
      expect((await author.get(`/api/articles?author=${author.name}`)).body).toEqual({ articles: [] });
    },
  ],
  [
    'keeps comments under their article',
    async (url) => {
      const { author, at } = await published(url);
      const guest = await member(url);
      const { status, body } = await guest.post(`${at}/comments`, { body: 'I doubt it.' });
      expect([status, body]).toEqual([
        201,
        { comment: { id: expect.any(Number) as number, author: guest.name, body: 'I doubt it.' } },
      ]);
      const { comment } = body as { comment: { id: number } };
      expect((await new Visitor(url).get(`${at}/comments`)).body).toEqual({ comments: [comment] });
      expect(await author.ask('DELETE', `${at}/comments/${String(comment.id)}`)).toMatchObject({ status: 403 });
      expect(await guest.ask('DELETE', `${at}/comments/${String(comment.id)}`)).toMatchObject({ status: 204 });
      expect((await guest.get(`${at}/comments`)).body).toEqual({ comments: [] });
    },
  ],
  [
    'lets nobody write without a token that is theirs',
    async (url) => {
      const { at } = await published(url);
      const nobody = new Visitor(url);
      expect(await nobody.post('/api/articles', { title: 'x', body: 'y' })).toMatchObject({ status: 401 });
      expect(await nobody.post(`${at}/comments`, { body: 'x' })).toMatchObject({ status: 401 });
      const other = await member(url);
      expect(await other.ask('PUT', at, { body: 'mine' })).toMatchObject({ status: 403 });
      expect(await other.ask('DELETE', at)).toMatchObject({ status: 403 });
      nobody.token = 'YWRtaW4.forged';
      expect(await nobody.get('/api/user')).toMatchObject({ status: 401, body: { error: 'the token is not valid' } });
    },
  ],
  [
    'says what is wrong with a body',
    async (url) => {
      const author = await member(url);
      const missing = await author.post('/api/articles', { title: ' ' });
      expect(missing).toMatchObject({ status: 422, body: { error: 'missing: title, body' } });
      expect(await author.post('/api/users', { username: 'x', email: 'x', password: PASSWORD })).toMatchObject({
        status: 422,
        body: { error: 'email is none' },
      });
      expect(await author.post('/api/articles', '{"title":')).toMatchObject({ status: 400 });
      expect(await author.get('/api/articles?limit=many')).toMatchObject({ status: 422 });
    },
  ],
  [
    'answers 404 in its own words where there is nothing',
    async (url) => {
      const author = await member(url);
      expect(await author.get('/api/nothing')).toMatchObject({ status: 404, body: { error: 'no GET /api/nothing' } });
      expect(await author.get('/api/articles/none')).toMatchObject({ status: 404, body: { error: 'no such article' } });
      expect(await author.post('/api/articles/none/comments', { body: 'x' })).toMatchObject({ status: 404 });
    },
  ],
  [
    'has the status route that it had',
    async (url) => {
      expect(await new Visitor(url).get('/status')).toMatchObject({ status: 200, body: { up: true } });
    },
  ],
];
