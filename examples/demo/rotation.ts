import { ConfigValidator, LiveConfig } from 'breakwater/config';
import { HEALTH_TOKEN } from './backend.js';
import { type Answer, ms, statuses } from './client.js';
import { type HealthAnswer, healthOf, shown } from './health.js';
import { read } from './log-book.js';
import { Scraped } from './scraped.js';
import { KEY_LENGTH, Mounted, newSecret, showsAny } from './secrets.js';
import { sleep, type Stage, watch } from './stage.js';

const POLL_MS = 100;
const WITHIN_MS = 3_000;
const RELOADS = 'breakwater_config_reloads_total';

/** A good key, one that is too short, and a good one again, mounted in turn while visitors are served. */
export async function rotateThrice(stage: Stage, folder: string): Promise<void> {
  const [first, second, third] = [newSecret(KEY_LENGTH), newSecret(KEY_LENGTH), newSecret(KEY_LENGTH)];
  const bad = newSecret(KEY_LENGTH / 2);
  const password = newSecret(KEY_LENGTH);
  const mounted = new Mounted(folder, { 'signing-key': first, 'mail-password': password });
  using config = new ConfigValidator({
    env: { SIGNING_KEY_FILE: mounted.pathOf('signing-key'), MAIL_PASSWORD_FILE: mounted.pathOf('mail-password') },
  })
    .register('SIGNING_KEY', 'str', { required: true, secret: true, minLength: KEY_LENGTH })
    .register('MAIL_PASSWORD', 'str', { required: true, secret: true });
  using live = new LiveConfig(config, { name: 'mounted', pollMs: POLL_MS });

  const told: string[] = [];
  live.on('change', ({ changed }) => told.push(`changed: ${changed.join()}`));
  live.on('rejected', ({ errors }) => told.push(`refused: ${errors.map(({ key, code }) => `${key} ${code}`).join()}`));
  /** Mounts a key beside the same password, and waits until there is word of it. */
  const rotate = async (key: string): Promise<{ readonly word: string; readonly seen: string }> => {
    const before = told.length;
    mounted.rotate({ 'signing-key': key, 'mail-password': password });
    const isTold = (count: number): boolean => count > before;
    const { afterMs } = await watch(() => Promise.resolve(told.length), isTold, WITHIN_MS);
    const word = told[before] ?? 'nothing was told';
    return { word, seen: `${word}, ${ms(afterMs)} after the mount` };
  };
  const keyInUse = (): string => live.values.SIGNING_KEY.reveal();
  const written = stage.book.written;
  const stops = [stage.service.observability.show(live), stage.service.backend.health.watch(live)];
  const visits = new Visits(stage, keyInUse);

  try {
    stage.say(`Two secrets are mounted as files, one is rotated while visitors come; a look every ${ms(POLL_MS)}.`);
    const rotated = await rotate(second);
    stage.promise(
      'the rotated secret is in use without a restart, and told by the name of its key alone',
      rotated.word === 'changed: SIGNING_KEY' && keyInUse() === second,
      rotated.seen,
    );

    const before = live.values;
    const refused = await rotate(bad);
    stage.promise(
      'one that is too short is refused, and the one before stays in use',
      refused.word === 'refused: SIGNING_KEY too_short' && live.values === before && keyInUse() === second,
      refused.seen,
    );
    const degraded = await healthUntil(stage, 'DEGRADED');
    const ready = await healthOf(stage.inside, '/health/ready');
    const { body: details } = await stage.inside.get('/health/check', { Authorization: `Bearer ${HEALTH_TOKEN}` });
    const why = /"message":\s*"([^"]*SIGNING_KEY[^"]*)"/.exec(details)?.[1];
    stage.quote(why ?? details, 2);
    stage.promise(
      '/health/check says DEGRADED and why; /health/ready stays 200, as what is in use still works',
      degraded.status === 200 && degraded.word === 'DEGRADED' && why !== undefined && ready.status === 200,
      `${shown(degraded)}, ready ${shown(ready)}`,
    );

    const good = await rotate(third);
    const healthy = await healthUntil(stage, 'HEALTHY');
    stage.promise(
      'the next good one is taken over, and all is well again',
      good.word === 'changed: SIGNING_KEY' && keyInUse() === third && healthy.word === 'HEALTHY',
      `${good.seen}, ${shown(healthy)}`,
    );
    const { answers, keys } = await visits.end();
    stage.promise(
      'visitors are served all along; the three good keys are in use in turn, the bad one never',
      answers.every(({ status }) => status === 200) && keys.join() === [first, second, third].join(),
      `${statuses(answers)}, ${String(keys.length)} keys`,
    );

    await stage.service.observability.logger.flush();
    const lines = stage.book.since(written);
    const scrape = await Scraped.by(stage.inside);
    const events = lines.map(read).filter(({ componentKind }) => componentKind === live.kind);
    const [changed, rejected] = ['changed', 'rejected'].map((outcome) =>
      scrape.value(RELOADS, { config: live.name, outcome }),
    );
    stage.promise(
      'the log tells of all three in a line each, and the metrics count them',
      events.map((event) => event['componentEvent']).join() === 'change,rejected,change' &&
        changed === 2 &&
        rejected === 1,
      events.map(({ msg }) => String(msg)).join(', '),
    );
    const texts = [...lines, scrape.text, details, ...told];
    const leaks = texts.filter((text) => showsAny(text, [first, second, third, bad, password]));
    stage.promise(
      'no line, no scrape and no health report holds a piece of a secret, nor of the one that was refused',
      leaks.length === 0,
      `${String(leaks.length)} of ${String(texts.length)} texts`,
    );
  } finally {
    visits.stop();
    for (const stop of stops) stop();
  }
}

/** A report may be as old as its checks are good for. */
async function healthUntil(stage: Stage, word: string): Promise<HealthAnswer> {
  const { seen } = await watch(
    () => healthOf(stage.inside),
    (answer) => answer.word === word,
    WITHIN_MS,
  );
  return seen;
}

/** Somebody who comes again and again, and the keys that were in use meanwhile. */
class Visits {
  readonly #answers: Answer[] = [];
  readonly #keys: string[] = [];
  readonly #over: Promise<unknown>;
  #stopped = false;

  constructor(stage: Stage, keyInUse: () => string) {
    this.#over = this.#come(stage, keyInUse).catch((error: unknown) => error);
  }

  stop(): void {
    this.#stopped = true;
  }

  async end(): Promise<{ readonly answers: readonly Answer[]; readonly keys: readonly string[] }> {
    this.stop();
    const error = await this.#over;
    if (error !== undefined) throw error as Error;
    return { answers: this.#answers, keys: this.#keys };
  }

  async #come(stage: Stage, keyInUse: () => string): Promise<void> {
    const visitor = stage.visitor();
    do {
      if (this.#answers.length > 0) await sleep(POLL_MS);
      this.#answers.push(await visitor.get('/api/health'));
      const key = keyInUse();
      if (this.#keys.at(-1) !== key) this.#keys.push(key);
    } while (!this.#stopped);
  }
}
