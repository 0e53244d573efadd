import { expect, vi } from 'vitest';
import type { AppProcess } from './app-process.js';
import { type Answer, freshAddress, Visitor } from './visitor.js';

export const OPS_TOKEN = 'for-the-operators-of-the-examples';

/** What every answer carries, whoever gave it. */
export function expectHardened({ status, headers }: Answer): void {
  const sent = Object.fromEntries(
    ['x-content-type-options', 'x-frame-options', 'x-xss-protection', 'strict-transport-security'].map((name) => [
      name,
      headers.get(name),
    ]),
  );
  expect({ status, ...sent }).toEqual({
    status,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-xss-protection': '1; mode=block',
    'strict-transport-security': 'max-age=31536000',
  });
  expect(headers.get('content-security-policy')).toMatch(/default-src/);
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
}

/** A refusal that says when to come back. */
export function expectRefused(answer: Answer, policy: RegExp): void {
  expect(answer).toMatchObject({ status: 429, body: { 'violated-policies': [expect.stringMatching(policy)] } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expectHardened(answer);
}

/** Asks again and again, some at a time. */
export async function many(times: number, ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (answers.length < times) {
    answers.push(...(await Promise.all(Array.from({ length: Math.min(10, times - answers.length) }, ask))));
  }
  return answers;
}

export const withStatus = (answers: readonly Answer[], status: number): Answer[] =>
  answers.filter((answer) => answer.status === status);

/** How many answers there were of each status. */
function statuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Listening comes first, since nothing is lost by it; ready is what a load balancer waits for. */
export async function expectReady(url: string): Promise<void> {
  const ready = async () => expect(await new Visitor(url).get('/health/ready')).toMatchObject({ status: 200 });
  await vi.waitFor(ready, { timeout: 10_000 });
}

/** The health routes as an operator sees them, … */
export function operator(url: string): Visitor {
  const visitor = new Visitor(url);
  visitor.token = OPS_TOKEN;
  return visitor;
}

/** … and the state of one component. */
export function component(answer: Answer, name: string): { readonly status: string } | undefined {
  const { components = [] } = answer.body as { components?: { name: string; status: string }[] };
  return components.find((one) => one.name === name);
}

/** A hundred requests a minute pass, the next are refused, and nobody else notices. */
export async function expectFloodStopped(url: string, path: string): Promise<void> {
  const flooder = new Visitor(url, freshAddress());
  const answers = await many(120, () => flooder.get(path));
  expect(statuses(answers)).toEqual({ 200: 100, 429: 20 });
  for (const answer of withStatus(answers, 429)) expectRefused(answer, /^ddos/);
  expect(await new Visitor(url).get(path)).toMatchObject({ status: 200 });
  expect(await flooder.get('/health/ready')).toMatchObject({ status: 200 });
}

/** Ten attempts a minute, and then not even the right password is looked at. */
export async function expectGuessingStopped(url: string, path: string, wrong: object, right: object): Promise<void> {
  const guesser = new Visitor(url);
  expect(statuses(await many(10, () => guesser.post(path, wrong)))).toEqual({ 401: 10 });
  expectRefused(await guesser.post(path, right), /^ddos/);
  const { status } = await new Visitor(url).post(path, right);
  expect([200, 201]).toContain(status);
}

/** One user, whatever the addresses: a hundred requests at once. */
export async function expectUserLimited(url: string, path: string, token: string): Promise<void> {
  const answers = await many(150, () => {
    const visitor = new Visitor(url);
    visitor.token = token;
    return visitor.get(path);
  });
  const refused = withStatus(answers, 429);
  // Some are used already, and every 0.6 s one comes back.
  expect(statuses(answers)).toEqual({ 200: 150 - refused.length, 429: refused.length });
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(70);
  for (const answer of refused) expectRefused(answer, /^per-user/);
}

/** Whoever fails to prove who they are fifty times is flagged, and refused from then on. */
export async function expectAbuserRefused(url: string, path: string, open: string): Promise<void> {
  const abuser = new Visitor(url);
  abuser.token = 'not-a-token-of-anybody';
  expect(statuses(await many(50, () => abuser.get(path)))).toEqual({ 401: 50 });
  abuser.token = undefined;
  expectRefused(await abuser.get(open), /abuse/);
  expect(await new Visitor(url).get(open)).toMatchObject({ status: 200 });
}

/** What is asked for, and the pattern of its route. */
export interface Logged {
  readonly path: string;
  readonly route: string;
  readonly token: string;
}

/** The access log has a line for the request, with its id and its route, and none of the secrets that it carried. */
export async function expectLogged(app: AppProcess, logged: Logged, secrets: readonly string[]): Promise<void> {
  const { path, route, token } = logged;
  const address = freshAddress();
  const visitor = new Visitor(app.url, address);
  visitor.token = token;
  const { status, headers } = await visitor.get(`${path}?password=hunter2-in-a-query&token=${token}`);
  const line = () => app.log.find((one) => one['msg'] === 'request' && one['address'] === address);
  await expect.poll(line, { timeout: 5_000 }).toBeDefined();
  expect(status).toBe(200);
  const requestId = headers.get('x-request-id');
  expect(line()).toMatchObject({ event: 'SYSTEM_EVENT', method: 'GET', path, route, requestId, status, slow: false });
  for (const secret of ['hunter2', token, OPS_TOKEN, ...secrets]) expect(app.output).not.toContain(secret);
}

/** What becomes of a request, also of one that nobody answers any more: its status, and what becomes of its connection. */
export const outcomeOf = (answer: Promise<Answer>): Promise<string> =>
  answer.then(
    ({ status, headers }) => `${String(status)} ${String(headers.get('connection'))}`,
    () => 'lost',
  );

/** Tells the process to end, and lets go what is in flight once it is gone, or says that it is going. */
export async function terminate(app: AppProcess, letGo: () => unknown): Promise<void> {
  app.terminate();
  const ready = () => outcomeOf(new Visitor(app.url).get('/health/ready'));
  await expect.poll(ready, { timeout: 5_000 }).not.toMatch(/^200/);
  await letGo();
}

/** Requests again and again from several clients at once, until it is ended. */
export class Traffic {
  readonly seen: Answer[] = [];
  readonly #clients: Promise<void>[];
  #going = true;

  constructor(clients: number, ask: () => Promise<Answer>) {
    const client = async (): Promise<void> => {
      while (this.#going) {
        this.seen.push(await ask());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    this.#clients = Array.from({ length: clients }, client);
  }

  /** @throws what a request threw that had no answer. */
  async end(): Promise<void> {
    this.#going = false;
    await Promise.all(this.#clients);
  }
}

export const slowest = (answers: readonly Answer[]): number => Math.max(...answers.map(({ tookMs }) => tookMs));
