import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const USERS = 1_000;
const LONGEST_MS = 120_000;

/** A request of one of many users. */
export function requestOf(user) {
  const id = String(user % USERS);
  const lines = [
    `GET /api/users/${id} HTTP/1.1`,
    'Host: localhost',
    'User-Agent: bench',
    'Accept: application/json',
    `X-User-Id: user-${id}`,
  ];
  return Buffer.from(lines.join('\r\n') + HEAD_END, 'latin1');
}

const REQUESTS = Array.from({ length: USERS }, (_, user) => requestOf(user));

/**
 * Sends requests over kept connections, on each one after the other: the next when the answer to the last is complete.
 *
 * @param each - gives the bytes of the next request, `undefined` when there is none.
 * @param answered - hears of each answer: its status and its head.
 */
function ask(port, connections, each, answered) {
  const sockets = new Set();
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      sockets.add(socket);
      let text = '';
      const next = () => {
        const bytes = each();
        if (bytes === undefined) socket.end(resolve);
        else socket.write(bytes);
      };
      socket.setEncoding('latin1');
      socket.setTimeout(LONGEST_MS, () => reject(new Error('a server does not answer')));
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('a server hung up')));
      socket.on('data', (chunk) => {
        text = text === '' ? chunk : text + chunk;
        const end = text.indexOf(HEAD_END);
        if (end === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
        if (text.length < end + HEAD_END.length + length) return;
        answered(Number(text.slice(9, 12)), text.slice(0, end));
        text = '';
        next();
      });
    });
  const all = Promise.all(Array.from({ length: connections }, one));
  return all.finally(() => {
    for (const socket of sockets) socket.destroy();
  });
}

/** `count` requests over `connections` connections, all of which must be answered with 200. */
export async function load(port, connections, count) {
  let [sent, right] = [0, 0];
  await ask(
    port,
    connections,
    () => (sent < count ? REQUESTS[sent++ % USERS] : undefined),
    (status) => {
      if (status === 200) right++;
    },
  );
  if (right !== count)
    throw new Error(`${String(count - right)} of ${String(count)} requests were not answered with 200`);
}

/** The answers to some users' requests, one after the other. */
export async function answersTo(port, users) {
  const answers = [];
  const left = users.map(requestOf);
  await ask(
    port,
    1,
    () => left.shift(),
    (status, head) => answers.push({ status, head: head.toLowerCase() }),
  );
  return answers;
}
