import { type Answer, type Client, statuses } from '../client.js';
import { type Stage, watch } from '../stage.js';
import { GUESSES, type Pair } from './pair.js';
import type { Side } from './side.js';
import { Upload } from './upload.js';

/** Who floods, and who guesses passwords. */
export const FLOODER = '203.0.113.1';
export const GUESSER = '203.0.113.2';
const NEIGHBOUR = '203.0.113.3';

/** What an address may ask in a minute. */
const ADMITTED = 100;
const ROUNDS = 15;
const AT_ONCE = 10;
const UPLOAD_BYTES = 1_048_576;
const TRIES = 8;

/** One address orders far too often, another one now and then. */
export async function promiseFlood(stage: Stage, { bare, hardened }: Pair): Promise<void> {
  const plain = await flood(bare);
  const { flooder, neighbour } = await flood(hardened);
  const refused = flooder.filter(({ status }) => status === 429);
  const waits = refused.map(({ headers }) => Number(headers['retry-after']));
  stage.promise(
    `a client that floods is refused from request ${String(ADMITTED + 1)} on, and told when to come back; another one is served`,
    flooder.filter(({ status }) => status === 200).length === ADMITTED &&
      refused.length === ROUNDS * AT_ONCE - ADMITTED &&
      waits.every((wait) => Number.isInteger(wait) && wait > 0) &&
      neighbour.every(({ status }) => status === 200),
    `${statuses(flooder)} with Retry-After ${String(waits[0])}, the other one ${statuses(neighbour)}; bare ${statuses(plain.flooder)}`,
  );
  await promiseUnread(stage, bare, hardened);
}

async function flood(side: Side) {
  const [flooding, calm] = [side.client(FLOODER), side.client(NEIGHBOUR)];
  const [flooder, neighbour]: [Answer[], Answer[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const orders = Array.from({ length: AT_ONCE }, () => flooding.post('/orders', {}, 'an order'));
    neighbour.push(await calm.get('/stock'));
    flooder.push(...(await Promise.all(orders)));
  }
  return { flooder, neighbour };
}

/** Who is refused has not been listened to: no memory, no bandwidth, no handler. */
async function promiseUnread(stage: Stage, bare: Side, hardened: Side): Promise<void> {
  const begun = (side: Side): number => side.lines(({ msg }) => msg === 'order begun').length;
  const [before, entered] = [begun(bare), begun(hardened)];
  const uploads = [bare, hardened].map((side) => new Upload(`${side.url}/orders`, FLOODER, UPLOAD_BYTES));
  const [patient, refused] = uploads as [Upload, Upload];
  try {
    const { statusCode: status } = await refused.answered;
    const sent = refused.sentBytes;
    await watch(
      () => Promise.resolve(begun(bare)),
      (count) => count > before,
      2_000,
    );
    patient.send();
    const { statusCode: served } = await patient.answered;
    stage.promise(
      'it is refused before its body is read: of the 1 MiB that it announces it sends nothing, and no handler runs',
      status === 429 && begun(hardened) === entered && served === 200 && patient.sentBytes > UPLOAD_BYTES,
      `${String(status)} after the ${String(sent)} bytes of its head, ${String(begun(hardened) - entered)} handlers; bare ${String(served)} after ${String(patient.sentBytes)} bytes`,
    );
  } finally {
    for (const upload of uploads) upload.close();
  }
}

/** One address guesses passwords; the last guess is right. */
export async function promiseGuesses(stage: Stage, { bare, hardened, customerPassword }: Pair): Promise<void> {
  const guess = async (client: Client): Promise<readonly Answer[]> => {
    const answers: Answer[] = [];
    for (let n = 1; n <= TRIES; n++) {
      answers.push(await client.post('/login', {}, n === TRIES ? customerPassword : `guess ${String(n)}`));
    }
    return answers;
  };
  const plain = await guess(bare.client(GUESSER));
  const answers = await guess(hardened.client(GUESSER));
  stage.promise(
    `a client that guesses passwords is refused after ${String(GUESSES)} wrong ones, with the right one too`,
    answers.every(({ status }, n) => status === (n < GUESSES ? 401 : 429)),
    `${statuses(answers)}; bare ${statuses(plain)}`,
  );
}
