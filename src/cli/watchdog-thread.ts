import { writeSync } from 'node:fs';
import { type Debugger, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { systemClock } from '../core/clock.js';
import { ExitCode } from './command.js';
import type { LastWords, Order } from './watchdog.js';
import { fileName } from './words.js';

/** Time for the other thread to end by itself. */
const GRACE_MS = 1_000;
/** Time to stop the other thread, and to end the process from within it, which gives it an exit code. */
const STOPPING_MS = 2_000;

/** Listens to what the other thread wants to be ended for. */
function serve(port: MessagePort): void {
  const orders = new Map<number, () => void>();
  port.on('message', ({ id, afterMs, out = '', err = '' }: Order) => {
    orders.get(id)?.();
    orders.delete(id);
    if (afterMs === undefined) return;
    const bark = (): void => {
      end({ out, err });
    };
    orders.set(id, systemClock.schedule(bark, afterMs + GRACE_MS, { hold: true }));
  });
}

function end({ out, err }: LastWords): void {
  let told = false;
  const tell = (place: string): void => {
    if (!told) say(`${err}${place}`, out);
    told = true;
  };
  // Without the debugger there is no exit code of ours: a signal says that it went wrong, too.
  systemClock.schedule(
    () => {
      tell('');
      process.kill(process.pid, 'SIGKILL');
    },
    STOPPING_MS,
    { hold: true },
  );
  try {
    stopAt(tell);
  } catch {
    // A Node that has no debugger, or shuts it.
  }
}

/** Stops the other thread wherever it is, says where, and ends the process from there. */
function stopAt(tell: (place: string) => void): void {
  const session = new Session();
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  session.once('Debugger.paused', ({ params: { callFrames } }) => {
    tell(placeOf(callFrames, files));
    const [frame] = callFrames;
    if (frame === undefined) return;
    const expression = `process.reallyExit(${String(ExitCode.UNVERIFIED)}, true)`;
    session.post('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression });
  });
  session.connectToMainThread();
  session.post('Debugger.enable', () => {
    session.post('Debugger.pause');
  });
}

/** Where in a file it is that never ends. */
function placeOf(frames: readonly Debugger.CallFrame[], files: ReadonlyMap<string, string>): string {
  for (const { location } of frames) {
    const url = files.get(location.scriptId) ?? '';
    if (url.startsWith('file:'))
      return `: see line ${String(location.lineNumber + 1)} of ${fileName(fileURLToPath(url))}`;
  }
  return '';
}

function say(err: string, out: string): void {
  try {
    writeSync(2, `breakwater: ${err}\n`);
    if (out !== '') writeSync(1, `${out}\n`);
  } catch {
    // Nobody reads it, or the pipe is full: the code says enough.
  }
}

if (parentPort !== null) serve(parentPort);
