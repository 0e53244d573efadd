import { setupMiddleware } from 'breakwater/express';
import express5 from 'express';
import express4 from 'express-4';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from './frameworks.js';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
beforeAll(() => {
  mkdirSync(join(folder, 'admin'));
  writeFileSync(join(folder, 'admin', 'f.txt'), 'REACHED');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function bodyOf(port: number, target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}

const SPELLINGS = [
  '/api/login',
  '/api//login',
  '/api///login',
  '/api//login/../../x',
  '/log%69n',
  '/%6cogin',
  '//login',
  '/./login',
  '/x/../login',
  '/%61dmin/f.txt',
  '/./admin/f.txt',
  '/x/../admin/f.txt',
  '/x/%2e%2e/admin/f.txt',
  '//admin/f.txt',
  '/admin%2ff.txt',
  '/admin/f.txt',
  'http://h/%6cogin',
];

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('%s', (_, factory) => {
  it.each(SPELLINGS)('%s reaches nothing that its rule does not count', async (target) => {
    const app = factory();
    app.set('env', 'test');
    const routes = ['/api/login', '/login', '/admin'].map((path) => ({ path, ddos: { threshold: 1 } }));
    setupMiddleware(app, { ddos: { threshold: 1_000 }, routes });
    const router = factory.Router();
    router.use('/login', (_request, response) => void response.send('REACHED'));
    app.use('/api', router);
    app.use(factory.static(folder));
    app.get('/:action', (request, response) => {
      response.send(request.params.action === 'login' ? 'REACHED' : 'something else');
    });
    const { port, close } = await serve(app);
    const answers = [await bodyOf(port, target), await bodyOf(port, target)];
    await close();
    expect(answers[1]).not.toContain('REACHED');
  });
});
