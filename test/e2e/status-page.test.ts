import { AxeBuilder } from '@axe-core/playwright';
import { AbuseDetector } from 'breakwater/abuse-detector';
import { CircuitBreaker, CircuitBreakerRegistry } from 'breakwater/circuit-breaker';
import { DDoSProtection } from 'breakwater/ddos-protection';
import { setupMiddleware } from 'breakwater/express';
import { HealthCheckService } from 'breakwater/health';
import { ApplicationLifecycle } from 'breakwater/lifecycle';
import { bulkhead } from 'breakwater/resilience';
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryChromium } from './chromium.js';

const TOKEN = 'a-token-for-the-people-of-the-night-shift';
const HOSTILE = '</td><img src=x onerror="document.title=1"><script>document.title=2</script>';
const LONG = 'a-name-without-any-place-where-it-could-be-broken-'.repeat(4).slice(0, 180);
const WIDTHS = [320, 360, 760, 761, 768, 1_440];
const SCHEMES = ['light', 'dark'] as const;

const browser = await tryChromium();

/** A real service with something of everything in it. */
async function startService() {
  const health = new HealthCheckService();
  let answersAfterMs = 1;
  const database = async () => {
    await new Promise((resolve) => setTimeout(resolve, answersAfterMs));
    return answersAfterMs < 20 || { status: 'DEGRADED' as const, message: 'answers slowly' };
  };
  health.register('database', database, { critical: true, ttlMs: 1 });
  const payments = new CircuitBreaker({ name: 'payments', failureThreshold: 2 });
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  for (let i = 0; i < 3; i++) await payments.execute(() => Promise.reject(refused)).catch(() => undefined);
  const partners = new CircuitBreakerRegistry({ name: 'partners', defaults: { failureThreshold: 1 } });
  await partners
    .for(HOSTILE.slice(0, 60))
    .execute(() => Promise.reject(refused))
    .catch(() => undefined);
  const ddos = new DDoSProtection({ name: 'front', threshold: 10_000 });
  ddos.block('203.0.113.7', 900_000, 'looked for /wp-login.php');
  ddos.block('198.51.100.0/24', Infinity, HOSTILE);
  const abuse = new AbuseDetector();
  abuse.flag('id:mallory', `${HOSTILE} ${LONG}`);
  const lifecycle = new ApplicationLifecycle({ health, signals: [], exit: () => undefined });
  lifecycle.onStart('warm-up', () => new Promise((resolve) => setTimeout(resolve, 20)));
  const deployment = {
    kind: 'deployment-checker',
    name: 'deployment',
    subscribe: () => () => undefined,
    health: () => ({ status: 'HEALTHY' as const }),
    snapshot: () => ({
      results: [
        { id: 'key', name: 'SECRET_KEY', status: 'WARN', message: 'is short', hint: 'make it longer' },
        { id: 'url', name: 'DATABASE_URL', status: 'PASS', message: 'is set' },
      ],
    }),
  };
  const broken = {
    ...deployment,
    kind: 'own-cache',
    name: LONG,
    snapshot: () => {
      throw new Error(HOSTILE);
    },
  };
  const app = express();
  app.set('env', 'test');
  setupMiddleware(app, {
    name: 'orders',
    health,
    ddos,
    abuse,
    lifecycle,
    identify: 'x-user-id',
    components: [payments, partners, bulkhead({ name: 'reports', maxConcurrent: 4 }), deployment, broken],
    routes: [{ path: '/login', ddos: { threshold: 10 } }],
    authorize: TOKEN,
    statusPage: { title: 'Orders', refreshSeconds: 1 },
  });
  app.get('/hello', (_, response) => {
    response.send('hello');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  await lifecycle.start();
  for (const ms of [1, 2, 3, 30, 2]) {
    answersAfterMs = ms;
    await health.check();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const slow = (ms: number): void => {
    answersAfterMs = ms;
  };
  const stop = async (): Promise<void> => {
    health.stop();
    server.close();
    server.closeAllConnections();
    await once(server, 'close').catch(() => undefined);
  };
  return { origin, payments, ddos, abuse, slow, stop };
}

describe.skipIf(browser === undefined)('the status page in a real browser', () => {
  let service: Awaited<ReturnType<typeof startService>>;
  /** Whatever a browser has against a page, on all pages of a test. */
  let complaints: string[];

  beforeAll(async () => {
    service = await startService();
  });

  afterAll(async () => {
    await browser?.close();
    await service.stop();
  });

  async function open(options: BrowserContextOptions = {}, path = '/health/status?refresh=off'): Promise<Page> {
    const httpCredentials = { username: 'anybody', password: TOKEN };
    const context = await browser?.newContext({ httpCredentials, ...options });
    const page = await context?.newPage();
    if (page === undefined) throw new Error('no browser');
    complaints = [];
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== service.origin) complaints.push(`asked for ${request.url()}`);
    });
    await page.addInitScript(`document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
      console.log('against the policy: ' + violatedDirective);
    });`);
    await page.goto(service.origin + path);
    return page;
  }

  /** What somebody reads in a section of the page. */
  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
  const row = (page: Page, table: string, name: string) =>
    section(page, table)
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) });

  it('asks for a password, and shows nothing without', async () => {
    const page = await open({ httpCredentials: { username: 'anybody', password: 'not-the-token-at-all' } }, '/hello');
    const answer = await page.goto(`${service.origin}/health/status`);
    expect(answer?.status()).toBe(401);
    expect(await page.locator('body').textContent()).toBe('Not authorised.\n');
    const unasked = await fetch(`${service.origin}/health/status`);
    expect([unasked.status, unasked.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="status", charset="UTF-8"',
    ]);
    await page.context().close();
  });

  it('shows what the service is doing, and what it does after that', async () => {
    await fetch(`${service.origin}/hello`);
    const page = await open();
    expect(await page.title()).toBe('Degraded · Orders');
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor();
    await row(page, 'Health checks', 'database critical').getByText('Healthy', { exact: true }).waitFor();
    const drawing = row(page, 'Health checks', 'database critical').getByRole('img');
    expect(await drawing.getAttribute('role')).toBe('img');
    expect(await drawing.locator('title').textContent()).toMatch(/^Last \d+ runs, 1 not healthy: /);
    const payments = row(page, 'Circuit breakers', 'payments');
    expect(await payments.getByRole('cell').allTextContents()).toEqual([
      'Open',
      expect.stringMatching(/^in \d+ s$|^in 1 min$/),
      'ECONNREFUSED',
      '2',
      '2',
      '1',
    ]);
    const blocked = row(page, 'Blocked addresses', '203.0.113.7');
    expect(await blocked.getByRole('cell').first().textContent()).toBe('looked for /wp-login.php');
    await row(page, 'Abuse flags', 'id:mallory').waitFor();
    await row(page, 'Deployment checks', 'SECRET_KEY').getByText('Warning').waitFor();
    await row(page, 'Start', 'start warm-up').getByText('Done').waitFor();
    await row(page, 'Limits', 'ddos /login').getByText('10 in 1 min').waitFor();
    await row(page, 'Other components', 'reports Bulkhead').getByText('Max concurrent').waitFor();
    await page.getByText('Cannot be read').waitFor();

    service.payments.reset();
    service.ddos.unblock('203.0.113.7');
    service.abuse.unflag('id:mallory');
    service.slow(25);
    await expect
      .poll(
        async () => {
          await page.reload();
          return section(page, 'Abuse flags').textContent();
        },
        { timeout: 10_000, interval: 300 },
      )
      .toContain('Nobody is flagged.');
    await row(page, 'Circuit breakers', 'payments').getByText('Closed').waitFor();
    expect(await row(page, 'Blocked addresses', '203.0.113.7').count()).toBe(0);
    await row(page, 'Health checks', 'database critical').getByText('answers slowly').waitFor();
    expect(complaints).toEqual([]);
    service.slow(1);
    service.abuse.flag('id:mallory', `${HOSTILE} ${LONG}`);
    await page.context().close();
  });

  it('loads itself again where its reader was, until somebody pauses it', async () => {
    const page = await open({ viewport: { width: 360, height: 600 } }, '/health/status');
    await page.evaluate('scrollTo(0, 500)');
    const shown = (): Promise<string | null> => page.locator('time').getAttribute('datetime');
    const first = await shown();
    await expect.poll(shown, { timeout: 15_000, interval: 100 }).not.toBe(first);
    expect(await page.evaluate('scrollY')).toBe(500);
    await page.getByRole('link', { name: 'Pause reloading' }).click();
    await page.getByRole('link', { name: 'Resume reloading' }).waitFor();
    let loads = 0;
    page.on('load', () => loads++);
    await page.waitForTimeout(2_500);
    expect(loads).toBe(0);
    await page.getByRole('link', { name: 'Resume reloading' }).click();
    await page.getByRole('link', { name: 'Pause reloading' }).waitFor();
    await expect.poll(() => loads, { timeout: 15_000 }).toBeGreaterThan(1);
    await page.context().close();
  });

  it('shows as text what would be markup, and nothing of it runs', async () => {
    const page = await open();
    expect(await page.locator('img, script, iframe, [onerror], [style]').count()).toBe(0);
    expect(await page.getByText(HOSTILE).count()).toBeGreaterThanOrEqual(2);
    expect(await page.title()).toBe('Degraded · Orders');
    expect(complaints).toEqual([]);
    // That the policy holds is seen by what it forbids.
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color:red" onclick="1">x</p>')`);
    await expect.poll(() => complaints.join()).toContain('against the policy: style-src');
    await page.context().close();
  });

  it.each(SCHEMES)('fits every width, and axe finds nothing against it: %s', async (colorScheme) => {
    const page = await open({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([width, width]);
      if (width !== 360 && width !== 1_440) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${String(width)}: ${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    }
    await page.context().close();
  });

  it('is dark for those who want it dark', async () => {
    const luminance = async (colorScheme: (typeof SCHEMES)[number]): Promise<number[]> => {
      const page = await open({ colorScheme });
      const colours = await page.evaluate<string[]>(
        `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]`,
      );
      await page.context().close();
      return colours.map((colour) => Number(/\d+/.exec(colour)?.[0]));
    };
    const [[paper = 0, ink = 0], [night = 0, chalk = 0]] = [await luminance('light'), await luminance('dark')];
    expect([paper > 200, ink < 60, night < 60, chalk > 200]).toEqual([true, true, true, true]);
  });

  it('can be walked through with the keyboard, and its tables are tables on a phone too', async () => {
    const page = await open({ viewport: { width: 360, height: 800 } });
    const walked: string[] = [];
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab');
      walked.push(String(await page.evaluate('document.activeElement.getAttribute("href")')));
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    }
    expect(walked).toEqual(['?refresh=on', '#checks', '#circuits', '#limits', '#blocked', '#flagged']);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(500);
    const table = page.getByRole('table', { name: 'Health checks, what is wrong first' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      'Check',
      'Status',
      'Message',
      'Response times',
      'Took',
      'Age',
    ]);
    await page.context().close();
  });
});
