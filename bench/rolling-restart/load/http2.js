import { connect, constants } from 'node:http2';
import { clearTimeout, setTimeout } from 'node:timers';
import { Failure, failureOf, failureOfStatus } from './tally.js';

const SILENCE_MS = 15_000;
/** Requests that a client has under way at once. */
const AT_ONCE = 2;
/** A client that is turned away more often in a row than any restart explains gives up. */
const MOST_TRIES = 10;
const NAMES = new Map([
  [constants.NGHTTP2_REFUSED_STREAM, 'REFUSED_STREAM'],
  [constants.NGHTTP2_CANCEL, 'CANCEL'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'INTERNAL_ERROR'],
]);

/** A session to the replica that is current, with what is under way on it. */
class Connection {
  #open = new Set();
  #unsent = new WeakSet();

  constructor(world) {
    this.replica = world.replica;
    this.session = connect(`http://127.0.0.1:${String(this.replica.port)}`);
    const forget = this.replica.leftover(() => this.session.destroy());
    this.session.on('close', forget);
    // The requests on it tell.
    this.session.on('error', () => undefined);
    this.session.on('goaway', () => {
      for (const stream of this.#open) if (isUnsent(stream)) this.#unsent.add(stream);
    });
  }

  /** After a GOAWAY nothing new may be sent on it (RFC 9113, 6.8). */
  get usable() {
    return !this.session.closed && !this.session.destroyed;
  }

  /**
   * One request, which rejects unless the whole answer is there; resolves to whether it was sent. One that the server
   * refuses, as a GOAWAY does with what is on its way, has failed: the client had to send it again. One that the client had
   * not sent when the GOAWAY came has not.
   */
  ask({ path, method, body, answer }) {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({ ':path': path, ':method': method }, { endStream: body === undefined });
      this.#open.add(stream);
      const timer = setTimeout(() => {
        failure ??= new Failure('other', 'no answer');
        stream.close(constants.NGHTTP2_CANCEL);
      }, SILENCE_MS);
      let failure;
      let status;
      let text = '';
      let ended = false;
      stream.setEncoding('utf8');
      stream.on('response', (headers) => {
        status = headers[':status'];
      });
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        ended = true;
      });
      stream.on('error', (error) => {
        failure ??= failureOf(error);
      });
      stream.on('close', () => {
        clearTimeout(timer);
        this.#open.delete(stream);
        const { rstCode } = stream;
        if (rstCode === constants.NGHTTP2_REFUSED_STREAM && this.#unsent.has(stream)) {
          resolve(false);
          return;
        }
        if (rstCode !== constants.NGHTTP2_NO_ERROR && failure?.kind !== 'refused') {
          failure = new Failure('reset', `reset with ${NAMES.get(rstCode) ?? String(rstCode)}`);
        }
        if (failure !== undefined) reject(failure);
        else if (status === undefined || !ended) reject(new Failure('reset', 'closed without an answer'));
        else if (status !== 200) reject(failureOfStatus(status));
        else if (text !== answer) reject(new Failure('other', 'a truncated answer'));
        else resolve(true);
      });
      if (body !== undefined) stream.end(body);
    });
  }
}

/** Whether a request still waits for its turn to be written. */
function isUnsent(stream) {
  return stream.pending || stream.state.state === constants.NGHTTP2_STREAM_STATE_IDLE;
}

/** A request that is sent once, on as many connections as it takes to send it. */
async function askOnce(world, connection) {
  const job = world.job();
  for (let i = 0; i < MOST_TRIES; i++) if (await connection().ask(job)) return;
  throw new Failure('other', 'turned away again and again');
}

/**
 * A client that keeps a session until a GOAWAY; then it opens another one, to whichever replica is current. Every other
 * client also leaves it when the replica is no longer current, as a proxy would that forwards requests; the others stay, as
 * behind one that forwards connections.
 */
export function sessionClient(world, index) {
  const stays = index % 2 === 0;
  let current;
  const connection = () => {
    const moves = !stays && current?.replica !== world.replica;
    if (current === undefined || !current.usable || moves) current = new Connection(world);
    return current;
  };
  const loops = Array.from({ length: AT_ONCE }, () => world.loop(() => askOnce(world, connection)));
  return Promise.all(loops);
}

/** A client that opens a session for each request. */
export function newSessionClient(world) {
  return world.loop(async () => {
    let latest;
    try {
      await askOnce(world, () => (latest = new Connection(world)));
    } finally {
      latest.session.close();
    }
  });
}
