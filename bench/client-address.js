import { ipKeyGenerator } from 'express-rate-limit';
import { Buffer } from 'node:buffer';
import { BlockList } from 'node:net';
import proxyAddr from 'proxy-addr';
import { addressKey, CidrSet } from '../dist/client-address.js';
import { compare, judged, repeated } from './harness.js';

const TEXTS = 4_096;
const RANGES = 100_000;
/** What is linear gets a tenth of them, and is asked less often. */
const FEWER = 10_000;
const FEW_CALLS = 32;
const KEY_NS = 400;
const LOOKUP_NS = 300;
const BUILD_MS = 1_000;

/** The same numbers in every run: whole ones below `limit`. */
function numbers(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const next = numbers(7);
const many = (make, count = TEXTS) => Array.from({ length: count }, make);
/** In one piece, as text comes from a socket: what is put together here would be read more slowly. */
const received = (texts) => texts.map((text) => Buffer.from(text).toString('latin1'));
const octets = (bits) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
const group = () => next(65_536).toString(16);
const v4 = () => octets(next(2 ** 32));

const forms = {
  'plain IPv4': v4,
  'IPv6, compressed': () => `2001:db8:${group()}::${group()}`,
  'IPv6, full': () => `2001:0db8:${many(() => group().padStart(4, '0'), 6).join(':')}`,
  'IPv4 inside IPv6': () => `::ffff:${v4()}`,
};

async function keys() {
  const met = [];
  for (const [form, make] of Object.entries(forms)) {
    const texts = received(many(make));
    const of = (name, role, key) => ({ name, role, calls: TEXTS, run: repeated((i) => key(texts[i]), TEXTS) });
    const peer = (text) => ipKeyGenerator(text, 64);
    const known = new Map(texts.flatMap((text) => [addressKey(text), peer(text)].map((key) => [key, 1])));
    // Text that was put together costs something again when it is looked up for the first time.
    const cases = [
      of('the text itself', 'floor', (text) => text.length),
      of('breakwater addressKey', 'ours', (text) => addressKey(text)),
      of('the same, looked up in a Map', 'also', (text) => known.get(addressKey(text))),
      of('express-rate-limit ipKeyGenerator', 'peer', peer),
      of('that, looked up in a Map', 'peer', (text) => known.get(peer(text))),
    ];
    const budget = { mostNs: KEY_NS, text: `at most ${String(KEY_NS)} ns` };
    met.push(await compare(`the key of a client, ${form}`, cases, budget));
  }
  return met;
}

const v4Range = () => {
  const prefix = 16 + next(17);
  return `${octets((next(2 ** 32) & (-1 << (32 - prefix))) >>> 0)}/${String(prefix)}`;
};
const v6Range = () => {
  const prefix = 32 + next(33);
  const mask = prefix === 32 ? 0 : -1 << (64 - prefix);
  const low = ((next(2 ** 32) & mask) >>> 0).toString(16).padStart(8, '0');
  return `2${String(next(8))}0${group().slice(0, 1)}:${group()}:${low.slice(0, 4)}:${low.slice(4)}::/${String(prefix)}`;
};
const inRange = (range) => range.replace('::/', ':1:2:3:4/').replace(/\/.*/, '');

/** Ranges of both families in turn, and what is to be asked of them. */
function world() {
  const ranges = many((_, i) => (i % 2 === 0 ? v4Range() : v6Range()), RANGES);
  const pick = (from) => received(many(() => inRange(from[next(from.length)])));
  const first = ranges.slice(0, FEWER);
  const set = new CidrSet(ranges);
  const misses = (make) => {
    const found = [];
    while (found.length < TEXTS) {
      const text = make();
      if (!set.has(text)) found.push(text);
    }
    return received(found);
  };
  // What is found is among the first, so that it is found by those as well that have no more.
  return {
    ranges,
    first,
    set,
    asked: {
      'IPv4, found': pick(first.filter((range) => range.includes('.'))),
      'IPv4, not found': misses(v4),
      'IPv6, found': pick(first.filter((range) => range.includes(':'))),
      'IPv6, not found': misses(() => inRange(v6Range())),
    },
  };
}

function blockList(ranges) {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return (text) => list.check(text, text.includes(':') ? 'ipv6' : 'ipv4');
}

async function lookups() {
  const { ranges, first, set, asked } = world();
  const listed = blockList(first);
  const trusted = proxyAddr.compile(first);
  const met = [];
  for (const [title, texts] of Object.entries(asked)) {
    const of = (name, role, calls, call) => ({ name, role, calls, run: repeated((i) => call(texts[i]), calls) });
    const cases = [
      of('the text itself', 'floor', TEXTS, (text) => text.length),
      of(`breakwater CidrSet, ${String(RANGES)} ranges`, 'ours', TEXTS, (text) => set.has(text)),
      of(`node:net BlockList, ${String(FEWER)} ranges`, 'peer', FEW_CALLS, listed),
      of(`proxy-addr, ${String(FEWER)} ranges`, 'peer', FEW_CALLS, trusted),
    ];
    const budget = { mostNs: LOOKUP_NS, text: `at most ${String(LOOKUP_NS)} ns` };
    met.push(await compare(`an address in a set of ranges: ${title}`, cases, budget));
  }
  return [...met, builds(ranges)];
}

function builds(ranges) {
  const startMs = performance.now();
  const { size } = new CidrSet(ranges);
  const tookMs = performance.now() - startMs;
  console.log(`\na set of ${String(size)} ranges\n  ours   ${tookMs.toFixed(0)} ms to make`);
  return judged(`at most ${String(BUILD_MS)} ms`, tookMs <= BUILD_MS);
}

/** All groups; `true` when every budget is met. */
export async function clientAddressBench() {
  return [...(await keys()), ...(await lookups())].every(Boolean);
}
