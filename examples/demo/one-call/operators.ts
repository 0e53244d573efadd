import type { Answer, Client } from '../client.js';
import { showsAny } from '../secrets.js';
import type { Stage } from '../stage.js';
import { FLOODER, GUESSER } from './limits.js';
import { BANK, type Pair } from './pair.js';

const ROUTES = ['live', 'ready', 'check', 'summary', 'metrics', 'security'].map((name) => `/health/${name}`);

const PAGE = '/health/status';
/** What is read on the page, and where. */
const SHOWN = [
  { section: 'circuits', texts: [BANK, 'Open'] },
  { section: 'limits', texts: ['ddos'] },
  { section: 'blocked', texts: [FLOODER] },
  { section: 'flagged', texts: [`address:${GUESSER}`] },
];

/** Probes and monitoring have routes of their own; only who has the token sees more than how it is. */
export async function promiseRoutes(stage: Stage, { bare, hardened, token }: Pair): Promise<void> {
  const anybody = await askAll(hardened.client('198.51.100.5'));
  const operator = await askAll(hardened.client('198.51.100.5'), { Authorization: `Bearer ${token}` });
  const plain = await askAll(bare.client('198.51.100.5'));
  const details = (answers: readonly Answer[]): number =>
    answers.filter(({ body }) => body.includes(BANK) || body.includes(FLOODER)).length;
  const isAt = (answers: readonly Answer[], status: number): boolean => answers.every((each) => each.status === status);
  stage.promise(
    'the six health routes answer everybody; the breaker and the blocked address are seen with the token alone',
    isAt(anybody, 200) && isAt(operator, 200) && isAt(plain, 404) && details(anybody) === 0 && details(operator) === 3,
    `${String(details(anybody))} of ${String(ROUTES.length)} show details, with the token ${String(details(operator))}: check, metrics and security; bare ${String(plain[0]?.status)}`,
  );
}

async function askAll(client: Client, headers: Readonly<Record<string, string>> = {}): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const route of ROUTES) answers.push(await client.get(route, headers));
  return answers;
}

/** A browser asks for a password, which is the token; what is wrong now can be read there. */
export async function promisePage(stage: Stage, { hardened, token, bankPassword }: Pair): Promise<void> {
  const browser = hardened.client('198.51.100.6');
  const open = (typed: string) => browser.get(PAGE, { Authorization: `Basic ${btoa(`anybody:${typed}`)}` });
  const closed = [await browser.get(PAGE), await open('a guess')];
  const { status, body } = await open(token);
  const missing = SHOWN.filter(({ section, texts }) => {
    const shown = new RegExp(`<section id="${section}".*?</section>`, 's').exec(body)?.[0] ?? '';
    return texts.some((text) => !shown.includes(`>${text}<`));
  });
  stage.promise(
    'the status page opens with the token as the password alone, and shows what the scene has done, without the secret',
    closed.every((each) => each.status === 401 && String(each.headers['www-authenticate']).startsWith('Basic ')) &&
      closed.every((each) => SHOWN.every(({ texts }) => !texts.some((text) => each.body.includes(text)))) &&
      status === 200 &&
      missing.length === 0 &&
      !showsAny(body, [bankPassword, token]),
    [
      `${closed.map((each) => String(each.status)).join(' and ')} without`,
      `${String(status)} with it`,
      ...(missing.length === 0 ? SHOWN : missing).map(({ section, texts }) => `${section}: ${texts.join(' ')}`),
      missing.length === 0 ? 'all there' : 'not there',
    ].join(', '),
  );
}
