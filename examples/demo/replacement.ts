import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, Client } from './client.js';
import type { LogLine } from './log-book.js';
import type { Replica } from './replicas.js';
import { sleep, watch } from './stage.js';

/** Until whoever sends requests to the replicas has learnt that one of them leaves. */
export const REMOVAL_MS = 500;
const PATIENCE_MS = 10_000;

/** How a replica left the rotation, as it was seen from outside. */
export interface Replacement {
  /** Readiness, when it had changed, and how long after the signal; then liveness, and the answer to somebody new. */
  readonly ready: Answer;
  readonly readyAfterMs: number;
  readonly live: Answer;
  readonly accepted: Answer;
  /** The answer to the order that was half sent when the signal came. */
  readonly order: { readonly status: number; readonly body: string };
  readonly exitCode: number | null;
  /** What it logged from the signal on. */
  readonly lines: readonly LogLine[];
}

/** Replaces one replica by another while visitors come, and an order is on its way to it. */
export async function replace(old: Replica, successor: Replica, rotation: Set<string>): Promise<Replacement> {
  const order = beginOrder(old.url);
  try {
    await old.says('order begun');
    const before = old.lines().length;
    rotation.add(successor.url);
    old.terminate();
    const sentMs = performance.now();
    const { seen: ready, afterMs: readyAfterMs } = await watch(
      () => askOnce(old.url, '/health/ready'),
      ({ status }) => status !== 200,
      PATIENCE_MS,
    );
    const live = await askOnce(old.url, '/health/live');
    const accepted = await askOnce(old.url, '/');
    await sleep(REMOVAL_MS - (performance.now() - sentMs));
    rotation.delete(old.url);
    // The listener is closed by then; the order is not complete.
    await old.says('stop: drain while accepting');
    const answered = await order.finish();
    const exitCode = await old.ended;
    return { ready, readyAfterMs, live, accepted, order: answered, exitCode, lines: old.lines().slice(before) };
  } finally {
    order.giveUp();
  }
}

/** Somebody new, on a connection of their own. */
async function askOnce(url: string, path: string): Promise<Answer> {
  const client = new Client(url, undefined);
  try {
    return await client.get(path);
  } finally {
    client.close();
  }
}

/** An order of which the second half is sent only when we say so. */
function beginOrder(url: string) {
  const order = request(new URL('/orders', url), { method: 'POST' });
  const answered = new Promise<Replacement['order']>((resolve, reject) => {
    order.once('error', reject);
    order.once('response', (res) => {
      const { statusCode: status = 0 } = res;
      text(res).then((body) => {
        resolve({ status, body });
      }, reject);
    });
  });
  // Heard of when somebody waits for the answer.
  answered.catch(() => undefined);
  order.write('twelve ');
  return {
    finish: () => {
      order.end('cups');
      return answered;
    },
    giveUp: () => void order.destroy(),
  };
}
