import { expect } from 'vitest';
import { freshName, Visitor } from './visitor.js';

export const PASSWORD = 'correct horse battery';

/** Somebody who is logged in to the service on Koa. */
export async function member(url: string, name = freshName()): Promise<Visitor & { readonly name: string }> {
  const visitor = new Visitor(url);
  expect(await visitor.post('/v1/accounts', { name, password: PASSWORD })).toMatchObject({ status: 201 });
  const { status, body } = await visitor.post('/v1/sessions', { name, password: PASSWORD });
  expect(status).toBe(201);
  visitor.token = (body as { token: string }).token;
  return Object.assign(visitor, { name });
}

/** A list of a new member, and its address. */
export async function started(url: string) {
  const owner = await member(url);
  const { status, body } = await owner.post('/v1/lists', { name: 'birthday' });
  expect(status).toBe(201);
  const { list } = body as { list: { id: string } };
  return { owner, list, at: `/v1/lists/${list.id}` };
}

/** What the service does for its users, hardened or not. */
export const BEHAVIOUR: readonly (readonly [string, (url: string) => Promise<void>])[] = [
  [
    'opens an account once',
    async (url) => {
      const user = await member(url);
      const again = await user.post('/v1/accounts', { name: user.name, password: PASSWORD });
      expect(again).toMatchObject({ status: 409, body: { error: { status: 409, message: 'the name is taken' } } });
      expect((await user.get('/v1/accounts/me')).body).toEqual({ account: { name: user.name } });
    },
  ],
  [
    'logs in by the right password only, and out',
    async (url) => {
      const user = await member(url);
      const wrong = await new Visitor(url).post('/v1/sessions', { name: user.name, password: 'wrong' });
      expect(wrong).toMatchObject({ status: 401, body: { error: { message: 'wrong name or password' } } });
      expect(await user.ask('DELETE', '/v1/sessions')).toMatchObject({ status: 204, body: '' });
      expect(await user.get('/v1/accounts/me')).toMatchObject({ status: 401 });
    },
  ],
  [
    'creates, shows, renames and deletes lists',
    async (url) => {
      const { owner, list, at } = await started(url);
      expect(list).toMatchObject({ owner: owner.name, name: 'birthday', items: [] });
      expect((await owner.get(at)).body).toEqual({ list });
      expect((await owner.get('/v1/lists')).body).toEqual({ lists: [list] });
      const renamed = await owner.ask('PUT', at, { name: 'wedding' });
      expect(renamed).toMatchObject({ status: 200, body: { list: { name: 'wedding' } } });
      expect(await owner.ask('DELETE', at)).toMatchObject({ status: 204 });
      expect(await owner.get(at)).toMatchObject({ status: 404 });
    },
  ],
  [
    'keeps items under their list, as the catalogue has them',
    async (url) => {
      const { owner, at } = await started(url);
      const added = await owner.post(`${at}/items`, { sku: 'kettle' });
      expect(added).toMatchObject({ status: 201, body: { item: { sku: 'kettle', title: 'A kettle', cents: 2_400 } } });
      const { item } = added.body as { item: { id: string } };
      expect((await owner.get(`${at}/items`)).body).toEqual({ items: [item] });
      expect(await owner.post(`${at}/items`, { sku: 'none' })).toMatchObject({ status: 422 });
      expect(await owner.ask('DELETE', `${at}/items/${item.id}`)).toMatchObject({ status: 204 });
      expect(await owner.ask('DELETE', `${at}/items/${item.id}`)).toMatchObject({ status: 404 });
    },
  ],
  [
    'shows lists to their owners only',
    async (url) => {
      const { at } = await started(url);
      expect(await new Visitor(url).get(at)).toMatchObject({
        status: 401,
        body: { error: { message: 'log in first' } },
      });
      const other = await member(url);
      expect(await other.get(at)).toMatchObject({ status: 403 });
      expect(await other.post(`${at}/items`, { sku: 'kettle' })).toMatchObject({ status: 403 });
      other.token = 'forged';
      expect(await other.get('/v1/lists')).toMatchObject({ status: 401 });
    },
  ],
  [
    'says what is wrong with a body',
    async (url) => {
      const user = await member(url);
      const short = await user.post('/v1/accounts', { name: 'x', password: 'short' });
      expect(short.body).toEqual({
        error: { status: 422, message: 'password must be a text of at least 8 characters' },
      });
      expect(await user.post('/v1/lists', '{"name":')).toMatchObject({ status: 400 });
      expect(await user.post('/v1/lists', {})).toMatchObject({ status: 422 });
      expect(await user.post('/v1/lists', { name: 'x'.repeat(60_000) })).toMatchObject({ status: 413 });
    },
  ],
  [
    'answers 404 and 405 in its own words',
    async (url) => {
      const visitor = new Visitor(url);
      const nothing = await visitor.get('/v1/nothing');
      expect(nothing).toMatchObject({ status: 404, body: { error: { message: 'no GET /v1/nothing' } } });
      expect(await visitor.ask('PUT', '/v1/status')).toMatchObject({ status: 405 });
    },
  ],
  [
    'has the status route that it had',
    async (url) => {
      expect((await new Visitor(url).get('/v1/status')).body).toEqual({ up: true, catalogue: true });
    },
  ],
];
