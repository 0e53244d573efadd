/** What a library did instead of what a statement says. */
export class Finding extends Error {}

/** The statement holds so far, or `did` says what happened instead. */
export function expect(holds, did) {
  if (!holds) throw new Finding(did);
}

/** Follows a promise without ever waiting for it. */
export function follow(promise) {
  const outcome = { status: 'pending', value: undefined, error: undefined };
  promise.then(
    (value) => Object.assign(outcome, { status: 'fulfilled', value }),
    (error) => Object.assign(outcome, { status: 'rejected', error }),
  );
  return outcome;
}

/** An operation that settles when told to; every run of it waits for the same word. */
export function held() {
  let resolve;
  let reject;
  const gate = new Promise((...settle) => {
    [resolve, reject] = settle;
  });
  gate.catch(() => undefined);
  const op = ({ signal } = {}) => {
    op.runs++;
    op.signals.push(signal);
    return gate;
  };
  op.runs = 0;
  op.signals = [];
  return Object.assign(op, { resolve, reject });
}

export const down = () => Promise.reject(new Error('down'));
export const fine = () => Promise.resolve('fine');

/** An operation that counts its runs. */
export function counted(op = fine) {
  const counting = (...args) => {
    counting.runs++;
    return op(...args);
  };
  counting.runs = 0;
  return counting;
}

/** An operation that fails with its signal's reason as soon as that aborts. */
export function abortable() {
  const op = ({ signal } = {}) => {
    op.runs++;
    op.signals.push(signal);
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  op.runs = 0;
  op.signals = [];
  return op;
}

/** Calls `op` and waits, in virtual time, until the outcome is there. */
export async function settled(world, guard, op, options) {
  const outcome = follow(guard.call(op, options));
  await world.settle();
  return outcome;
}

/** Calls `op` `times` times, one after the other. */
export async function repeat(world, guard, op, times) {
  for (let i = 0; i < times; i++) await settled(world, guard, op);
}

/** Whether a call made now gets through to the operation. */
export async function letsThrough(world, guard, op = fine) {
  const asked = counted(op);
  await settled(world, guard, asked);
  return asked.runs === 1;
}

/** A breaker that has just opened. */
export async function opened(lab, spec = {}) {
  const breaker = lab.breaker({ opensAfter: 3, breakMs: 1_000, ...spec });
  await repeat(lab.world, breaker, down, breaker.opensAfter ?? spec.opensAfter ?? 3);
  expect(breaker.state() === 'open', `does not open after its failures: ${breaker.state()}`);
  return breaker;
}

/** A breaker whose break is over. */
export async function probing(lab, spec = {}) {
  const breaker = await opened(lab, spec);
  await lab.world.advance(1_000);
  return breaker;
}

/** The same numbers every time. */
export function seeded(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
