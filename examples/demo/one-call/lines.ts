import { randomBytes } from 'node:crypto';
import type { Answer } from '../client.js';
import { KEY_LENGTH, newSecret, showsAny } from '../secrets.js';
import type { Stage } from '../stage.js';
import type { Pair } from './pair.js';
import type { Side } from './side.js';

const ORDERS = 20;
/** A handler writes two lines for an order, and the pipeline the third. */
const OF_ORDER = ['order begun', 'order taken', 'request'];

/** Orders that run at the same time can be told apart in the log, and followed from whoever sent them. */
export async function promiseIds(stage: Stage, { bare, hardened }: Pair): Promise<void> {
  const traces = Array.from({ length: ORDERS }, () => randomBytes(16).toString('hex'));
  const ids = (await order(hardened, traces)).map(idOf);
  const isTraced = ({ trace_id }: Readonly<Record<string, unknown>>): boolean => traces.includes(String(trace_id));
  const lines = await hardened.written(ORDERS * OF_ORDER.length, isTraced);
  const whole = ids.filter((id, n) => {
    const own = lines.filter(({ requestId }) => requestId === id);
    return own.map(({ msg }) => msg).join() === OF_ORDER.join() && own.every(({ trace_id }) => trace_id === traces[n]);
  });
  await order(bare, traces);
  const plain = bare.text().filter((text) => text.includes('order'));
  stage.promise(
    'every line of a handler, and the access line, has the id of its X-Request-Id and the trace that its client sent',
    whole.length === ORDERS && new Set(ids).size === ORDERS,
    `${String(whole.length)} of ${String(ORDERS)} orders at once, ${String(lines.length)} lines; bare ${String(plain.length)} lines such as ${String(plain[0])}`,
  );
}

/** Orders that arrive at once, each in a trace of its own. */
function order(side: Side, traces: readonly string[]): Promise<readonly Answer[]> {
  const client = side.client('198.51.100.2');
  const parent = () => randomBytes(8).toString('hex');
  return Promise.all(
    traces.map((trace) => client.post('/orders', { traceparent: `00-${trace}-${parent()}-01` }, 'an order')),
  );
}

/** An error that names a secret, in a request that carries another one. */
export async function promiseError(stage: Stage, { bare, hardened, bankPassword }: Pair): Promise<void> {
  const confided = newSecret(KEY_LENGTH);
  const note = `note-${randomBytes(4).toString('hex')}`;
  const pay = (side: Side) => side.client('198.51.100.3').get(`/pay?note=${note}&password=${confided}`);
  await pay(bare);
  const id = idOf(await pay(hardened));
  const found = await hardened.written(1, ({ requestId, event }) => requestId === id && event === 'ERROR_EVENT');
  const [line] = found;
  const { name } = (line?.['err'] ?? {}) as { readonly name?: unknown };
  stage.promise(
    'an exception in a handler is one error line, with its class, its route and the status that went out',
    found.length === 1 && name === 'PaymentError' && line?.['route'] === '/pay' && line['status'] === 500,
    `${String(found.length)} line: ${String(name)}, ${String(line?.['route'])}, ${String(line?.['status'])}`,
  );
  const leaks = (side: Side): number => side.text().filter((text) => showsAny(text, [confided, bankPassword])).length;
  const masked = hardened.text().filter((text) => text.includes(note) && text.includes('password=[secret]'));
  stage.promise(
    'the passwords in its query and in its message are in no line; what stood beside them is',
    leaks(hardened) === 0 && masked.length > 0,
    `they are in ${String(leaks(hardened))} of ${String(hardened.text().length)} lines; bare in ${String(leaks(bare))} of ${String(bare.text().length)}`,
  );
  if (line !== undefined) stage.quote(JSON.stringify(line), 5);
}

function idOf({ headers }: Answer): string {
  return String(headers['x-request-id']);
}
