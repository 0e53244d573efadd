import { InvalidArgumentError, InvalidOptionsError } from 'breakwater/core';
import { type HttpCheckFetch, httpCheck, type HttpCheckOptions } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { takes } from '../setup.js';
import { run } from './run.js';

const URL_TEXT = 'https://pay.example:8443/health?key=hush';

function answering(answer: unknown, options: HttpCheckOptions = {}) {
  const fetch = vi.fn(async () => answer) as unknown as HttpCheckFetch;
  return run(httpCheck(URL_TEXT, { fetch, ...options }));
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('httpCheck', () => {
  it.each([200, 204, 299])('%d is HEALTHY', async (status) => {
    expect(await answering({ status })).toEqual({
      status: 'HEALTHY',
      details: { url: 'https://pay.example:8443', status },
    });
  });

  it.each([
    [199, ''],
    [300, ', a redirect, which is not followed'],
    [302, ', a redirect, which is not followed'],
    [304, ''],
    [404, ''],
    [503, ''],
    [0, ''],
  ])('%d is UNHEALTHY', async (status, note) => {
    expect(await answering({ status })).toEqual({
      status: 'UNHEALTHY',
      message: `https://pay.example:8443 answered ${String(status)}${note}; expected 200 to 299`,
      details: { url: 'https://pay.example:8443', status },
    });
  });

  it('another status can be the right one, or several', async () => {
    expect(await answering({ status: 401 }, { expectStatus: 401 })).toMatchObject({ status: 'HEALTHY' });
    expect(await answering({ status: 302 }, { expectStatus: [200, 302] })).toMatchObject({ status: 'HEALTHY' });
    const { status, message } = await answering({ status: 200 }, { expectStatus: [401, 403] });
    expect([status, message]).toEqual(['UNHEALTHY', 'https://pay.example:8443 answered 200; expected 401 or 403']);
  });

  it.each([
    [999, 'HEALTHY'],
    [1_000, 'DEGRADED'],
  ])('an answer after %d ms is %s', async (ms, status) => {
    const clock = new ManualClock();
    const fetch = takes(clock, ms, () => ({ status: 200 }));
    const asked = run(httpCheck(URL_TEXT, { fetch, clock }));
    await clock.advanceAsync(ms);
    const finding = await asked;
    expect(finding.status).toBe(status);
    if (status === 'DEGRADED')
      expect(finding.message).toBe('https://pay.example:8443 answered 200 after 1000 ms; healthy is below 1000 ms');
  });

  it('a wrong status that is late is UNHEALTHY, not DEGRADED', async () => {
    const clock = new ManualClock();
    const asked = run(httpCheck(URL_TEXT, { fetch: takes(clock, 5_000, () => ({ status: 500 })), clock }));
    await clock.advanceAsync(5_000);
    expect((await asked).status).toBe('UNHEALTHY');
  });

  it('HLD-1 sends the signal, follows no redirect, and asks as it was told', async () => {
    const fetch = vi.fn(async () => ({ status: 200 })) as unknown as HttpCheckFetch;
    const { signal } = new AbortController();
    await run(httpCheck(URL_TEXT, { fetch, method: 'HEAD', headers: { 'X-Probe': 'yes' } }), signal);
    const request = { method: 'HEAD', headers: { 'x-probe': 'yes' }, redirect: 'manual', signal };
    expect(vi.mocked(fetch).mock.calls).toEqual([[URL_TEXT, request]]);
  });

  it('uses the fetch that there is when it runs', async () => {
    const check = httpCheck(URL_TEXT);
    vi.stubGlobal('fetch', async () => ({ status: 418 }));
    expect(await run(check)).toMatchObject({ details: { status: 418 } });
  });

  it('does not read the body, and a body that cannot be given up harms nobody', async () => {
    const cancel = vi.fn(() => Promise.reject(new Error('locked')));
    expect(await answering({ status: 200, body: { cancel } })).toMatchObject({ status: 'HEALTHY' });
    expect(cancel).toHaveBeenCalledOnce();
    const throwing = {
      cancel: () => {
        throw new Error('locked');
      },
    };
    expect(await answering({ status: 200, body: throwing })).toMatchObject({ status: 'HEALTHY' });
    expect(await answering({ status: 200, body: null })).toMatchObject({ status: 'HEALTHY' });
  });

  it('without an answer it is UNHEALTHY, with the reason behind the reason', async () => {
    const cause = new Error('connect ECONNREFUSED 203.0.113.9:8443');
    const failing = (error: unknown) => run(httpCheck(URL_TEXT, { fetch: () => Promise.reject(error) }));
    expect(await failing(new TypeError('fetch failed', { cause }))).toEqual({
      status: 'UNHEALTHY',
      message: 'https://pay.example:8443 did not answer: connect ECONNREFUSED 203.0.113.9:8443',
    });
    expect(await failing('nothing')).toMatchObject({ message: 'https://pay.example:8443 did not answer: nothing' });
    const thrown = httpCheck(URL_TEXT, {
      fetch: () => {
        throw new Error('no network');
      },
    });
    expect(await run(thrown)).toMatchObject({ status: 'UNHEALTHY' });
  });

  it.each([[undefined], [null], [200], [{}], [{ status: '200' }]])('HLD-9 %o is no answer', async (answer) => {
    const { status, message } = await answering(answer);
    expect([status, message]).toEqual(['DEGRADED', expect.stringContaining('invalid result: fetch must answer')]);
  });

  it('HLD-20 sends user and password apart from the URL, and shows neither them nor path nor query', async () => {
    const seen: unknown[] = [];
    const fetch: HttpCheckFetch = async (url, { headers }) => {
      seen.push(url, headers);
      throw new Error(`cannot reach ${url}`);
    };
    const url = new URL('https://us%40er:p%C3%A4ss@pay.example/hooks/T0KEN?key=hush');
    const { message } = await run(httpCheck(url, { fetch }));
    const basic = `Basic ${Buffer.from('us@er:päss').toString('base64')}`;
    expect(seen).toEqual(['https://pay.example/hooks/T0KEN?key=hush', { authorization: basic }]);
    expect(message).toMatch(/^https:\/\/pay\.example did not answer/);
    expect((await answering({ status: 500 })).message).not.toMatch(/hush|health\?/);
  });

  it('authorization that is given goes before that of the URL', async () => {
    let sent: unknown;
    const fetch: HttpCheckFetch = async (_, { headers }) => ((sent = headers), { status: 200 });
    await run(httpCheck('http://u:p@h/', { fetch, headers: { Authorization: 'Bearer t' } }));
    expect(sent).toEqual({ authorization: 'Bearer t' });
  });

  it('what a fetch does to the headers stays there', async () => {
    const seen: unknown[] = [];
    const fetch: HttpCheckFetch = async (_, { headers }) => {
      seen.push({ ...headers });
      headers['x-more'] = '1';
      return { status: 200 };
    };
    const check = httpCheck(URL_TEXT, { fetch });
    await run(check);
    await run(check);
    expect(seen).toEqual([{}, {}]);
  });

  it.each([['/health'], ['ftp://h/'], ['hunter22'], [undefined], [5], [{}], ['http://%zz:x@h/'], ['http://']])(
    'refuses the address %o without printing it',
    (url) => {
      expect(() => httpCheck(url as never)).toThrow(InvalidArgumentError);
      expect(() => httpCheck(url as never)).not.toThrow(/hunter22|zz/);
    },
  );

  it.each([
    [{ expectStatus: 99 }, /expectStatus must be a status from 100 to 599, got 99/],
    [{ expectStatus: [200, '204'] }, /expectStatus\[1\] must be a status.*got a string/],
    [{ expectStatus: [] }, /at least one/],
    [{ method: 'POST' }, /method must be 'GET' or 'HEAD' or 'OPTIONS'/],
    [{ headers: { 'a b': 'x' } }, /headers has a name/],
    [{ headers: { a: 5 } }, /headers\.a must be a string, got 5/],
    [{ headers: { a: 'hunter22\r\nb: c' } }, /headers\.a has a character/],
    [{ headers: [['a', 'b']] }, /headers must be an object/],
    [{ healthyBelowMs: 0 }, /healthyBelowMs/],
    [{ fetch: 'x' }, /fetch must be a function/],
    [{ timeoutMs: 5 }, /timeoutMs is not an option/],
  ])('refuses %o', (options, problem) => {
    expect(() => httpCheck(URL_TEXT, options as never)).toThrow(InvalidOptionsError);
    expect(() => httpCheck(URL_TEXT, options as never)).toThrow(problem);
    expect(() => httpCheck(URL_TEXT, options as never)).not.toThrow('hunter22');
  });
});
