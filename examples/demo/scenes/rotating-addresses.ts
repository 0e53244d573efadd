import { type Answer, type Client, statuses } from '../client.js';
import { heldBytes, mebibytes } from '../memory.js';
import { type Scene, sleep, type Stage } from '../stage.js';

const OVER_HTTP = 2_100;
const STRAIGHT = 200_000;
const AT_ONCE = 30;
const THRESHOLD = 100;
const MOST_GROWTH = 16 * 2 ** 20;

/** Whoever has more addresses than can be counted must neither fill the memory nor hide among them. */
export const rotatingAddresses: Scene = {
  title: 'Rotating addresses',
  main: false,
  async play(stage) {
    const { ddos, users } = stage.service.guards;
    const told: string[] = [];
    const blocked: string[] = [];
    const stops = [
      ddos.on('pressure', ({ reason }) => told.push(reason)),
      ddos.on('blocked', ({ address }) => blocked.push(address)),
    ];
    const crowd = stage.visitor();
    const heavy = new Sender(stage.visitor());
    const ordinary = new Sender(stage.visitor());
    try {
      const before = await heldBytes();
      stage.say(`${String(OVER_HTTP)} requests over HTTP, each from an address of its own; a heavy one is among them.`);
      const flood = await overHttp(crowd, heavy, ordinary);
      stage.say(`${String(STRAIGHT)} further addresses straight to the same protection, faster than HTTP could.`);
      await inParts(STRAIGHT, (n) => ddos.check(`2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`));
      const during = await heldBytes();
      await heavy.send(THRESHOLD + 1 - heavy.answers.length);
      await ordinary.send(5);
      grew(stage, `${String(OVER_HTTP + STRAIGHT)} addresses`, before, during);
      judge(stage, flood, { heavy, ordinary, told, blocked });

      await inParts(STRAIGHT, (n) => users.check(`id:made-up-${String(n)}`));
      grew(stage, `${String(STRAIGHT)} made-up users beside them`, during, await heldBytes());
    } finally {
      for (const stop of stops) stop();
    }
  },
};

/** One client that keeps what it was answered. */
class Sender {
  readonly answers: Answer[] = [];
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get address(): string {
    return this.#client.address;
  }

  async send(times: number): Promise<void> {
    for (let n = 0; n < times; n++) this.answers.push(await this.#client.get('/api/health'));
  }
}

async function overHttp(crowd: Client, heavy: Sender, ordinary: Sender): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let n = 0; n < OVER_HTTP; n += AT_ONCE) {
    const addresses = Array.from(
      { length: AT_ONCE },
      (_, i) => `198.18.${String((n + i) >> 8)}.${String((n + i) & 255)}`,
    );
    const some = addresses.map((address) => crowd.get('/api/health', { 'X-Forwarded-For': address }));
    // In the second half, so that all of it is within a minute on a slow machine too.
    if (n >= OVER_HTTP / 2) await heavy.send(1);
    if (n % (AT_ONCE * 5) === 0) await ordinary.send(1);
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}

/** Lets others have their turn now and then. */
async function inParts(times: number, act: (n: number) => unknown): Promise<void> {
  for (let n = 0; n < times; n++) {
    act(n);
    if (n % 10_000 === 0) await sleep(0);
  }
}

function grew(stage: Stage, what: string, before: number, after: number): void {
  stage.promise(
    `${what} make the process grow by at most ${mebibytes(MOST_GROWTH)}`,
    after - before <= MOST_GROWTH,
    `${mebibytes(before)} before, ${mebibytes(after)} after`,
  );
}

interface Seen {
  readonly heavy: Sender;
  readonly ordinary: Sender;
  readonly told: readonly string[];
  readonly blocked: readonly string[];
}

function judge(stage: Stage, flood: readonly Answer[], { heavy, ordinary, told, blocked }: Seen): void {
  const { addresses, evictedAddresses } = stage.service.guards.ddos.stats();
  stage.promise(
    'nobody is refused for what the others do',
    [...flood, ...ordinary.answers].every(({ status }) => status === 200),
    `rotating: ${statuses(flood)}; an ordinary visitor: ${statuses(ordinary.answers)}`,
  );
  const served = heavy.answers.slice(0, THRESHOLD);
  stage.promise(
    `the heavy address among them is blocked at its request ${String(THRESHOLD + 1)}, and it alone`,
    served.every(({ status }) => status === 200) &&
      heavy.answers[THRESHOLD]?.status === 429 &&
      blocked.join() === heavy.address,
    `${statuses(heavy.answers)}; blocked: ${blocked.join(', ')}`,
  );
  stage.promise(
    'that there are more addresses than can be counted is told',
    told.length > 0 && told.every((reason) => reason === 'memory') && addresses <= 128_000,
    `pressure: ${told.join(', ')}; ${String(addresses)} are counted, ${String(evictedAddresses)} made room`,
  );
}
