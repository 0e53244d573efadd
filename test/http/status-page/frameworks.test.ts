import { describe, expect, it } from 'vitest';
import { FRAMEWORKS, serve } from '../../adapters/frameworks.js';

const TOKEN = 'correct-horse-battery';
const AUTHORIZATION = `Basic ${Buffer.from(`anybody:${TOKEN}`).toString('base64')}`;
const acts = [{ path: '/health/status', run: () => "the service's own" }];

describe.each(FRAMEWORKS.map((framework) => [framework.name, framework] as const))('%s', (_, framework) => {
  it('shows the status page to whoever has the token, with its own policy', async () => {
    const hardening = { authorize: TOKEN, statusPage: true };
    const { ask, close } = await serve(framework.app(acts, hardening));
    const [closed, open] = [
      await ask('/health/status'),
      await ask('/health/status', { headers: { authorization: AUTHORIZATION } }),
    ];
    await close();
    expect([closed.status, await closed.text()]).toEqual([401, 'Not authorised.\n']);
    expect([open.status, open.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(open.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(open.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(await open.text()).toContain('<h1>http</h1>');
  });

  it('leaves its path to the service without it', async () => {
    const { ask, close } = await serve(framework.app(acts, { authorize: TOKEN }));
    const answer = await ask('/health/status', { headers: { authorization: AUTHORIZATION } });
    await close();
    expect(await answer.text()).toBe("the service's own");
  });
});
