import { inspect, isDeepStrictEqual } from 'node:util';
import { expect } from '../conformance/check.js';

export { expect };

/** The secret of all statements. */
export const SECRET = 'Zq7hTcorrect-horse-battery-staple-9XwK';
/** So many characters of it in a row are a part of it. */
const PART = 8;

/** A value in a note: short, and of no secret. */
export function show(value) {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity });
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** How much of the secret is in a text, in words. */
function share(text) {
  if (text.includes(SECRET)) return 'the value';
  for (let i = 0; i + PART <= SECRET.length; i++) {
    if (text.includes(SECRET.slice(i, i + PART))) return 'a part of the value';
  }
  return undefined;
}

/** Nothing of the secret is in any of the texts, which are named by where they are. */
export function expectHidden(texts) {
  for (const [where, text] of texts) {
    const found = share(text);
    expect(found === undefined, `${where} holds ${found}`);
  }
}

const json = (value) => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
};

/** All that an error says, and what was printed along with it. */
export function told({ error, printed = '' }) {
  const causes = [];
  for (let cause = error?.cause; cause !== undefined && causes.length < 5; cause = cause?.cause) causes.push(cause);
  return [
    ['what is printed', printed],
    ['the message', String(error?.message ?? error)],
    ['the stack', String(error?.stack)],
    ['the cause', inspect(causes, { showHidden: true, depth: 10 })],
    ['the error in JSON', json(error)],
    ['the error, inspected,', inspect(error, { showHidden: true, depth: 10 })],
  ];
}

/** Whether each of the names is told. */
export function tells(outcome, ...names) {
  const text = told(outcome)
    .map(([, part]) => part)
    .join('\n');
  return names.every((name) => text.includes(name));
}

/** Each text gives its value. */
export function expectReads({ read }, spec, pairs, how) {
  for (const [text, value] of pairs) {
    const { ok, get } = read({ KEY: spec }, { KEY: text }, how);
    expect(ok, `refuses ${show(text)}`);
    expect(isDeepStrictEqual(get('KEY'), value), `${show(text)} gave ${show(get('KEY'))}`);
  }
}

/** No text is accepted, although a good one is. */
export function expectRefuses({ read }, spec, good, texts) {
  expect(read({ KEY: spec }, { KEY: good }).ok, `refuses ${show(good)} as well`);
  for (const text of texts) {
    const { ok, get } = read({ KEY: spec }, { KEY: text });
    expect(!ok, `${show(text)} gave ${ok ? show(get('KEY')) : ''}`);
  }
}
