import { randomBytes } from 'node:crypto';
import { type Answer, statuses } from '../client.js';
import { Scraped } from '../scraped.js';
import { type Stage, watch } from '../stage.js';
import type { Pair } from './pair.js';

const SCANNERS = 40;
/** Few enough that nobody is limited. */
const URLS_EACH = 50;
const SCRAPE = '/health/metrics';
const UNMATCHED = /^http_server_request_duration_seconds_count\{.*http_route="unmatched".*\} (\d+)$/m;
/** Whoever reads within a second of another reads the same text. */
const FRESH_WITHIN_MS = 3_000;

/** A crowd looks for what might be there. */
export async function promiseSeries(stage: Stage, { hardened, token }: Pair): Promise<void> {
  const monitoring = hardened.client('198.51.100.4');
  const scraped = (until: (scrape: Scraped) => boolean): Promise<Scraped> =>
    watch(() => Scraped.by(monitoring, SCRAPE, { Authorization: `Bearer ${token}` }), until, FRESH_WITHIN_MS).then(
      ({ seen }) => seen,
    );
  // The route of the scrape itself is among the series from the second one on.
  const before = await scraped(({ text }) => text.includes(`"${SCRAPE}"`));
  const unmatched = ({ text }: Scraped): number => Number(UNMATCHED.exec(text)?.[1] ?? 0);
  const word = randomBytes(6).toString('hex');
  const scanners = Array.from({ length: SCANNERS }, async (_, scanner) => {
    const client = hardened.client(`192.0.2.${String(scanner + 1)}`);
    const answers: Answer[] = [];
    for (let n = 0; n < URLS_EACH; n++)
      answers.push(await client.get(`/${word}/${randomBytes(8).toString('hex')}.php`));
    return answers;
  });
  const answers = (await Promise.all(scanners)).flat();
  const all = unmatched(before) + answers.length;
  const after = await scraped((scrape) => unmatched(scrape) >= all);
  stage.promise(
    `${String(SCANNERS * URLS_EACH)} made-up URLs are one label in the metrics, unmatched, and not one series more`,
    answers.every(({ status }) => status === 404) &&
      unmatched(after) === all &&
      after.size <= before.size &&
      !after.text.includes(word),
    `${statuses(answers)}, ${String(unmatched(after) - unmatched(before))} of them unmatched; ${String(before.size)} series before, ${String(after.size)} after`,
  );
}
