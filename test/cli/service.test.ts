import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../config/certificate.js';
import { answer, listening, service } from '../deployment/health-check-validator/services.js';
import { breakwater } from './setup.js';

const TOKEN = 'a-token-for-the-monitoring';
const serving = (listener: RequestListener = service()) => listening(createServer(listener));

describe('breakwater probe', () => {
  it.each([
    [200, 0],
    [204, 0],
    [299, 0],
    [301, 1],
    [400, 1],
    [404, 1],
    [503, 1],
  ])('an answer of %i is exit code %i', async (status, code) => {
    const origin = await serving((_, response) => answer(response, status, ''));
    const result = await breakwater(['probe', `${origin}/health/ready`]);
    expect(result.code).toBe(code);
    const line = new RegExp(`^${code === 0 ? '' : 'breakwater: '}${String(status)} from ${origin} in \\d+ ms`);
    expect([result.out, result.err][code]).toMatch(line);
    expect([result.out, result.err][1 - code]).toBe('');
  });

  it('asks once, with GET, for the path and the query', async () => {
    const asked: string[] = [];
    const origin = await serving(({ method, url }, response) => {
      asked.push(`${String(method)} ${String(url)}`);
      answer(response, 302, '', { Location: '/elsewhere' });
    });
    const { err } = await breakwater(['probe', '--timeout', '5s', `${origin}/a/ready?token=hunter22`]);
    expect(asked).toEqual(['GET /a/ready?token=hunter22']);
    expect(err).toMatch(/a redirect, which is not followed$/);
    expect(err).not.toMatch(/hunter22|elsewhere|ready/);
  });

  it('does not wait for longer than it was told', async () => {
    const origin = await listening(createNetServer(() => undefined));
    const { code, err } = await breakwater(['probe', origin, '--timeout=50ms']);
    expect(code).toBe(1);
    expect(err).toMatch(/: no answer within \d+ ms$/);
  });

  it('tells that nobody is there', async () => {
    const server = createNetServer();
    const origin = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await breakwater(['probe', origin])).toEqual({
      code: 1,
      out: '',
      err: `breakwater: ${origin}: no connection (ECONNREFUSED)`,
    });
  });

  it('takes any certificate only when it is told to', async () => {
    const origin = await listening(createTlsServer(selfSigned(), service()), '127.0.0.1', 'https');
    const refused = await breakwater(['probe', `${origin}/health/live`]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/no connection \(\w+\)$/)]);
    expect((await breakwater(['probe', `${origin}/health/live`, '--insecure'])).code).toBe(0);
  });

  it.each([
    [[], "'probe' needs an address, such as http://127.0.0.1:3000"],
    [[':3000/health/ready'], 'did you mean http://127.0.0.1:3000/health/ready?'],
    [['/health/ready'], 'did you mean http://127.0.0.1:3000/health/ready?'],
    [['3000'], 'did you mean http://127.0.0.1:3000?'],
    [['localhost:3000/health/ready?key=hunter22'], 'did you mean http://localhost:3000/health/ready?'],
    [['shop'], 'did you mean http://shop?'],
    [['ftp://shop'], 'the address must begin with http:// or https://'],
    [['http://app:hunter22@shop'], 'the address must hold no user and no password'],
    [['app:hunter22@shop'], 'the address must be a complete URL'],
    [['http://shop', 'http://hunter2.example'], "'probe' takes options only"],
    [['http://shop', '--timeout', '2x'], "'--timeout' takes from 1ms to 600s"],
    [['http://shop', '--timeout', '0'], "'--timeout' takes from 1ms to 600s"],
    [['http://shop', '--timeout', '601s'], "'--timeout' takes from 1ms to 600s"],
    [['http://shop', '--timeout'], "'--timeout' needs a value"],
    [['http://shop', '--tiemout', '2s'], "unknown option '--tiemout'; did you mean '--timeout'?"],
  ])('a command line that makes no sense is exit code 1 as well, in one line: %j', async (words, message) => {
    const { code, out, err } = await breakwater(['probe', ...words]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n|hunter22/);
    expect(err.length).toBeLessThan(400);
  });

  it('repeats nothing at length', async () => {
    const { code, err } = await breakwater(['probe', `/${'x'.repeat(10_000)}`]);
    expect([code, err.length < 300]).toEqual([1, true]);
  });

  it('shows its help, which says why', async () => {
    const { code, out } = await breakwater(['probe', '--help']);
    expect([code, out.includes('HEALTHCHECK'), out.includes('2 is reserved by Docker')]).toEqual([0, true, true]);
    expect((await breakwater(['help'])).out).toMatch(/^ {2}probe +ask a running service once/m);
  });
});

describe('breakwater doctor', () => {
  it('passes a service without a fault, and names what it looked at', async () => {
    const { code, out, err } = await breakwater(['doctor', await serving()]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ {2}PASS +health\.live +GET \/health\/live answers 200, HEALTHY$/m);
    expect(out).toMatch(/22 of 22 checks passed$/);
  });

  it('passes with warnings, and tells what to do', async () => {
    const origin = await serving(service((_, response) => (response.setHeader('Server', 'shop/1.2'), undefined)));
    const { code, out } = await breakwater(['doctor', origin]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}WARN +health\.headers\.banner +.*\n +-> Leave the version out/m);
  });

  it('fails what is wrong', async () => {
    const { code, out } = await breakwater(['doctor', await serving((_, response) => answer(response, 404, {}))]);
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}FAIL +health\.live +GET \/health\/live answers 404$/m);
  });

  it('HLD-58: says by the exit code that it could not find out', async () => {
    const { code, out } = await breakwater(['doctor', 'http://nowhere.invalid', '--timeout', '30s']);
    expect([code, out.includes('health.unreachable')]).toEqual([3, true]);
  });

  it('looks elsewhere, and not for long', async () => {
    const asked = new Set<string>();
    const origin = await serving((request, response) => {
      asked.add(request.url ?? '');
      if (request.url !== '/internal/live') answer(response, 404, {});
    });
    const { code, out } = await breakwater(['doctor', origin, '--prefix', '/internal', '--timeout', '100']);
    expect([code, asked.has('/internal/ready')]).toEqual([1, true]);
    expect(out).toMatch(/GET \/internal\/live: no answer within 1\d\d ms/);
  });

  it('takes a token from the environment, and shows it nowhere', async () => {
    const seen: string[] = [];
    const origin = await serving(
      service((request, response, path) => {
        const { authorization = '' } = request.headers;
        seen.push(authorization);
        return path.endsWith('/check') && authorization === `Bearer ${TOKEN}`
          ? answer(response, 200, { status: 'ok', components: [] })
          : undefined;
      }),
    );
    const world = { environment: () => ({ HEALTH_TOKEN: TOKEN }) };
    const { code, out } = await breakwater(['doctor', origin, '--token-env', 'HEALTH_TOKEN'], world);
    expect([code, seen.includes(`Bearer ${TOKEN}`)]).toEqual([0, true]);
    expect(out).toContain('GET /health/check with the token tells details');
    expect(out).not.toContain(TOKEN);
  });

  it.each([
    [[], "'doctor' needs an address"],
    [['http://shop', '--token-env', 'NO_SUCH'], "the variable that '--token-env' names is not set, or empty"],
    [['http://shop', '--token-env', 'EMPTY'], "the variable that '--token-env' names is not set, or empty"],
    [['http://shop', '--token-env', 'TWO'], 'the token must be 1 to 512 printable ASCII characters'],
    [['http://shop', '--token-env', 'hunter22-hunter22'], 'takes the name of a variable of the environment'],
    [['http://shop/?a=hunter22'], 'the address must hold no query and no fragment'],
    [['http://shop', '--prefix', 'health'], "'--prefix' must be a path"],
    [['http://u:hunter22@shop'], 'the address must hold no user and no password'],
    [['http://shop', '--format', 'yaml'], "'--format' takes text or json or junit or sarif or github, got 'yaml'"],
  ])('refuses a command line that makes no sense: %j', async (words, message) => {
    const world = { environment: () => ({ EMPTY: ' ', TWO: 'hunter22 hunter22' }) };
    const { code, out, err } = await breakwater(['doctor', ...words], world);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).toContain("Run 'breakwater doctor --help'");
    expect(err).not.toContain('hunter22');
  });

  it('shows its help', async () => {
    const { code, out } = await breakwater(['doctor', '-h']);
    expect([code, out.includes('--token-env NAME'), out.includes('--prefix PATH')]).toEqual([0, true, true]);
  });
});
