import type { MetricSample } from 'breakwater/core';
import { type Answer, type Client, ms } from './client.js';
import { Scraped } from './scraped.js';
import { sleep, type Stage } from './stage.js';

/** The user who asks far too often. */
export const FLOODER = 'storm';

const REQUESTS = 400;
const AT_ONCE = 10;
/** Of these the neighbour may ask a hundred a minute. */
const MOST_OF_NEIGHBOUR = 90;
const SCRAPED_AFTER_MS = 60;
/** As many further series as a large service has. */
const FURTHER_SERIES = 10_000;
const LONGEST_WAIT_MS = 500;
/** A scrape in one block would let in a round or two of the flood while its text is sent. */
const FEWEST_MEANWHILE = 100;

interface Timed {
  readonly answer: Answer;
  readonly sentMs: number;
  readonly cameMs: number;
}

/** What came of a flood with a scrape in the middle of it. */
export interface Flood {
  /** To the flooding user, … */
  readonly users: readonly Answer[];
  /** … and to the neighbour. */
  readonly neighbour: readonly Answer[];
  readonly scrape: Scraped;
  readonly scrapeMs: number;
  /** Answers to others that came in while the scrape was under way. */
  readonly meanwhile: number;
  /** The neighbour's longest wait during the scrape, … */
  readonly waitedMs: number;
  /** … and apart from it. */
  readonly otherwiseMs: number;
}

/** One user asks far too often, a neighbour now and then; meanwhile somebody scrapes more than there usually is. */
export async function floodDuringScrape(stage: Stage): Promise<Flood> {
  stage.say(`One user sends ${String(REQUESTS)} requests; in the middle of them the metrics are scraped.`);
  const stopFurther = stage.service.observability.metrics.collectFrom(furtherSeries);
  const flood: Timed[] = [];
  const calm: Timed[] = [];
  const flooding = async (flooder: Client): Promise<void> => {
    const ask = () => timed(() => flooder.get('/api/users', { 'X-User-ID': FLOODER }));
    while (flood.length < REQUESTS) flood.push(...(await Promise.all(Array.from({ length: AT_ONCE }, ask))));
  };
  const askingNowAndThen = async (neighbour: Client): Promise<void> => {
    while (flood.length < REQUESTS && calm.length < MOST_OF_NEIGHBOUR) {
      calm.push(await timed(() => neighbour.get('/api/health')));
      await sleep(4);
    }
  };
  const scraping = async () => {
    await sleep(SCRAPED_AFTER_MS);
    const sentMs = performance.now();
    return { scrape: await Scraped.by(stage.inside), sentMs, cameMs: performance.now() };
  };
  try {
    const [{ scrape, sentMs, cameMs }] = await Promise.all([
      scraping(),
      flooding(stage.visitor()),
      askingNowAndThen(stage.visitor()),
    ]);
    const overlaps = (each: Timed) => each.cameMs > sentMs && each.sentMs < cameMs;
    const within = (each: Timed) => each.cameMs > sentMs && each.cameMs < cameMs;
    return {
      users: flood.map(({ answer }) => answer),
      neighbour: calm.map(({ answer }) => answer),
      scrape,
      scrapeMs: cameMs - sentMs,
      meanwhile: [...flood, ...calm].filter(within).length,
      waitedMs: longest(calm.filter(overlaps)),
      otherwiseMs: longest(calm.filter((each) => !overlaps(each))),
    };
  } finally {
    stopFurther();
  }
}

/** A machine that is busy with something else makes everybody wait, also without a scrape. */
export async function promiseScrapes(stage: Stage, flood: Flood): Promise<void> {
  const { scrape, scrapeMs, meanwhile, waitedMs, otherwiseMs } = flood;
  stage.promise(
    'a large scrape in the middle of the flood blocks nobody: others are answered all along',
    scrape.size > FURTHER_SERIES &&
      meanwhile >= FEWEST_MEANWHILE &&
      waitedMs <= Math.max(LONGEST_WAIT_MS, 2 * otherwiseMs),
    `${String(scrape.size)} series in ${ms(scrapeMs)}, ${String(meanwhile)} answers meanwhile, at least ${String(FEWEST_MEANWHILE)}; a neighbour waited ${ms(waitedMs)}, at most ${ms(LONGEST_WAIT_MS)}`,
  );
  const { status } = await stage.visitor().get('/metrics');
  stage.promise('who comes through the load balancer finds no metrics', status === 404, `/metrics ${String(status)}`);
}

function* furtherSeries(): Generator<MetricSample> {
  const help = 'Made up, so that the scrape is a large one.';
  for (let n = 0; n < FURTHER_SERIES; n++)
    yield { name: 'demo_route_requests', type: 'gauge', help, value: n, labels: { route: `/routes/${String(n)}` } };
}

async function timed(ask: () => Promise<Answer>): Promise<Timed> {
  const sentMs = performance.now();
  return { answer: await ask(), sentMs, cameMs: performance.now() };
}

function longest(some: readonly Timed[]): number {
  return Math.max(0, ...some.map(({ sentMs, cameMs }) => cameMs - sentMs));
}
