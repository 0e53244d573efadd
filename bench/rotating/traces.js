/** Strangers a minute: what a large botnet sends at one service. */
export const STRANGERS_A_MINUTE = 10_000_000;
const A_MS = STRANGERS_A_MINUTE / 60_000;

const octets = (bits) => `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;

/** Different numbers for different `i`, in an order that looks like none. */
const scattered = (i) => Math.imul(i, 0x9e3779b1) >>> 0;

/** Residents have 198.18.0.0/15, which no stranger comes from. */
export const residentAddress = (i) => octets(0xc6120000 + i);
const strangerAddress = (i) => {
  const bits = scattered(i);
  return octets(bits >>> 17 === 0xc612 >>> 1 ? (bits ^ 0x80000000) >>> 0 : bits);
};

/** Text that is a number, a member of every object, or like its neighbours but for the end. */
const awkward = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''.padEnd(120, 'a')];
const alike = (i) => {
  if (i % 4 === 0) return String(i * 16_384);
  if (i % 4 === 1) return String(2 ** 24 - (i >> 2));
  if (i % 4 === 2) return `${'a'.repeat(40)}${String(i).padStart(10, '0')}`;
  return i < 64 ? awkward[(i >> 2) % awkward.length] : `__proto__${String(i)}`;
};
/** Addresses whose low bits are the same, in both families. */
const alikeAddress = (i) => {
  if (i % 2 === 0) return octets((((i >> 1) & 0xffff) << 16) | ((i >> 17) & 0xff));
  return `2001:db8:${(i & 0xffff).toString(16)}:${((i >> 16) << 8).toString(16)}::1`;
};

/** `times` calls in a row from each: the i-th call of all. */
const each = (times) => (i) => strangerAddress(Math.floor(i / times));

/**
 * Who the strangers are: the i-th request comes from `key(i)`. `room` is how many keys the limiter keeps at once, and
 * `addresses` whether its keys must be addresses.
 */
export const traces = {
  rotating: { title: 'each address once', key: () => strangerAddress },
  pairs: {
    title: 'each address two or three times in a row',
    key: () => (i) => strangerAddress(Math.floor(i / 5) * 2 + (i % 5 < 2 ? 0 : 1)),
  },
  shields: {
    title: 'shields: two seconds of twenty in a row, then eight of one each, again and again',
    key: () => {
      const [shield, one] = [each(20), each(1)];
      return (i) => ((i / A_MS) % 10_000 < 2_000 ? shield(i) : one(i + 2 ** 30));
    },
  },
  crowd: {
    title: 'a crowd: two seconds of two in a row, which take every place, then eight of one each, again and again',
    key: () => {
      const [pair, one] = [each(2), each(1)];
      return (i) => ((i / A_MS) % 10_000 < 2_000 ? pair(i) : one(i + 2 ** 30));
    },
  },
  collisions: {
    title: 'keys that are alike: numbers, members of objects, long common beginnings',
    key: ({ addresses }) => (addresses ? alikeAddress : alike),
  },
  drip: {
    title: 'each address comes back just before it would have to make room',
    key: ({ room }) => {
      const pool = Math.floor(room * 0.98);
      return (i) => strangerAddress(i % pool);
    },
  },
  needle: { title: 'one heavy sender among millions', ordinary: 0, heavy: 1, key: () => strangerAddress },
};

/** The requests of one minute of those who stay, in order of time. */
export function residents({ ordinary, heavy, ordinaryAMinute }) {
  const calls = [];
  for (let i = 0; i < ordinary + heavy; i++) {
    const aMinute = i < ordinary ? ordinaryAMinute : 150 + ((i - ordinary) * 150) / Math.max(1, heavy - 1);
    const everyMs = 60_000 / aMinute;
    const phaseMs = (scattered(i + 1) / 2 ** 32) * everyMs;
    for (let n = 0; n < Math.floor(aMinute); n++) calls.push([phaseMs + n * everyMs, i]);
  }
  calls.sort((one, other) => one[0] - other[0]);
  return { atMs: Float64Array.from(calls, ([ms]) => ms), who: Int32Array.from(calls, ([, i]) => i) };
}

/** Lets the residents come in their minute again and again, and `strangers` among them, as time goes on. */
export function play({ minute, strangers, key, clock, onStranger, onResident }) {
  const { atMs, who } = minute;
  let next = 0;
  let startMs = 0;
  const residentsUntil = (ms) => {
    while (atMs.length > 0 && startMs + atMs[next] <= ms) {
      clock.nowMs = startMs + atMs[next];
      onResident(who[next]);
      if (++next === atMs.length) [next, startMs] = [0, startMs + 60_000];
    }
  };
  for (let i = 0; i < strangers; i++) {
    const ms = i / A_MS;
    if (i % 16 === 0) residentsUntil(ms);
    clock.nowMs = ms;
    onStranger(key(i));
  }
  residentsUntil(strangers / A_MS);
}
