import { connect, constants } from 'node:http2';
import { clearTimeout, setTimeout } from 'node:timers';
import { Failure, failureOf, failureOfStatus } from './tally.js';

const SILENCE_MS = 15_000;
/** Requests that a client has under way at once. */
const AT_ONCE = 2;
const NAMES = new Map([
  [constants.NGHTTP2_REFUSED_STREAM, 'REFUSED_STREAM'],
  [constants.NGHTTP2_CANCEL, 'CANCEL'],
  [constants.NGHTTP2_INTERNAL_ERROR, 'INTERNAL_ERROR'],
]);

/**
 * One request, which rejects unless the whole answer is there. One that the server refuses, as a GOAWAY does with what is on
 * its way, has failed as well: its client had to send it again.
 */
function ask(session, { path, method, body, answer }) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, ':method': method }, { endStream: body === undefined });
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
      const { rstCode } = stream;
      if (rstCode !== constants.NGHTTP2_NO_ERROR && failure?.kind !== 'refused') {
        failure = new Failure('reset', `reset with ${NAMES.get(rstCode) ?? String(rstCode)}`);
      }
      if (failure !== undefined) reject(failure);
      else if (status === undefined || !ended) reject(new Failure('reset', 'closed without an answer'));
      else if (status !== 200) reject(failureOfStatus(status));
      else if (text !== answer) reject(new Failure('other', 'a truncated answer'));
      else resolve();
    });
    if (body !== undefined) stream.end(body);
  });
}

function open(world) {
  const { replica } = world;
  const session = connect(`http://127.0.0.1:${String(replica.port)}`);
  // The requests on it tell.
  session.on('error', () => undefined);
  return { replica, session };
}

/**
 * A client that keeps a session for as long as the replica is current and has not sent GOAWAY (RFC 9113, 6.8); then it opens
 * another one, to whichever replica is current, for what it has not sent yet.
 */
export function sessionClient(world) {
  let current;
  const session = () => {
    const used = current?.session;
    if (used === undefined || used.closed || used.destroyed || current.replica !== world.replica) {
      const opened = open(world);
      opened.replica.leftover(() => opened.session.destroy());
      current = opened;
    }
    return current.session;
  };
  const loops = Array.from({ length: AT_ONCE }, () => world.loop(() => ask(session(), world.job())));
  return Promise.all(loops);
}

/** A client that opens a session for each request. */
export function newSessionClient(world) {
  return world.loop(async () => {
    const { session } = open(world);
    try {
      await ask(session, world.job());
    } finally {
      session.close();
    }
  });
}
