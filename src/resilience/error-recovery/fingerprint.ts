import { redactText } from '../../core/redaction.js';
import { detached } from '../../internal/detached.js';
import type { ErrorSummary } from '../circuit-breaker/index.js';

/** An error as it is kept: safe to print, and holding nothing of what it was made from. @internal */
export interface DescribedError {
  readonly summary: ErrorSummary;
  /** The message without what changes from one error of the kind to the next. */
  readonly pattern: string;
  /** The innermost frame of the application's own code, without line and column. */
  readonly frame: string;
  readonly fingerprint: string;
}

const LONGEST_MESSAGE = 200;
const LONGEST_WORD = 64;
/** Of the message, for its pattern. */
const LONGEST_READ = 500;

/** Describes whatever was thrown, even when reading it throws. @internal */
export function describeError(error: unknown): DescribedError {
  const { name, code, message, stack } = read(error);
  const text = redactText(message, LONGEST_READ);
  const pattern = detached(patternOf(text));
  const frame = detached(redactText(ownFrame(stack, message), LONGEST_MESSAGE));
  const safeName = short(name);
  const safeCode = code === undefined ? undefined : short(code);
  return {
    summary: {
      name: safeName,
      ...(safeCode === undefined ? {} : { code: safeCode }),
      message: detached(redactText(message, LONGEST_MESSAGE)),
    },
    pattern,
    frame,
    fingerprint: [safeName, safeCode ?? '', pattern, frame].join('|'),
  };
}

function short(word: string): string {
  return detached(redactText(word, LONGEST_WORD));
}

interface ReadError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack: string;
}

function read(error: unknown): ReadError {
  try {
    if (typeof error !== 'object' || error === null) return { name: typeof error, message: String(error), stack: '' };
    const { name, code, message, stack } = error as Readonly<Record<string, unknown>>;
    return {
      name: typeof name === 'string' ? name : 'object',
      ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
      message: typeof message === 'string' ? message : '',
      stack: typeof stack === 'string' ? stack : '',
    };
  } catch {
    return { name: 'unreadable', message: '', stack: '' };
  }
}

const URL_TEXT = String.raw`\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>()]{1,400}`;
const QUOTED = '"[^"\\n]{0,400}"|`[^`\\n]{0,400}`|' + String.raw`(?<!\w)'[^'\n]{0,400}'(?!\w)`;
const UUID = String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`;
const HEX = String.raw`\b0x[0-9a-f]+|(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{8,}(?![0-9a-z])`;
const TOKEN = String.raw`(?<![\w-])(?=[a-z_-]*\d)[\w-]{20,}(?![\w-])`;
const NUMBER = String.raw`\d+(?:[.,:]\d+)*`;
const VARIABLE = /* @__PURE__ */ new RegExp(`(${URL_TEXT})|(${QUOTED})|(${UUID}|${HEX}|${TOKEN})|${NUMBER}`, 'gi');

/** @internal */
export function patternOf(message: string): string {
  const pattern = message
    .slice(0, LONGEST_READ)
    .replace(VARIABLE, (_, url: string | undefined, quoted: string | undefined, id: string | undefined) => {
      if (url !== undefined) return urlPattern(url);
      if (quoted !== undefined) return '<text>';
      return id === undefined ? '<n>' : '<id>';
    });
  return pattern.length > LONGEST_MESSAGE ? `${pattern.slice(0, LONGEST_MESSAGE - 1)}…` : pattern;
}

/** Longer parts of a path are a key or a title. */
const LONGEST_SEGMENT = 24;

/** Scheme, host and path; without a query, and with the parts of the path that vary. */
function urlPattern(url: string): string {
  const end = url.search(/[?#]/);
  const [scheme = '', none = '', host = '', ...path] = (end === -1 ? url : url.slice(0, end)).split('/');
  const segments = path.map((part) => (part.length > LONGEST_SEGMENT || /\d/.test(part) ? '<id>' : part));
  return [scheme, none, host.replace(/\d+/g, '<n>'), ...segments].join('/');
}

const MOST_FRAMES = 50;
const LONGEST_STACK = 10_000;
/** Enough to tell files apart, and nothing of where the application is installed. */
const PATH_PARTS = 3;

/** @internal */
export function ownFrame(stack: string, message: string): string {
  // The message stands before the frames, and may itself look like some.
  const head = message === '' ? -1 : stack.indexOf(message);
  const from = head === -1 ? 0 : head + message.length;
  for (const line of stack
    .slice(from, from + LONGEST_STACK)
    .split('\n')
    .slice(0, MOST_FRAMES)) {
    const frame = frameOf(line.trim());
    if (frame !== undefined) return frame;
  }
  return '';
}

function frameOf(line: string): string | undefined {
  if (!line.startsWith('at ')) return undefined;
  const open = line.lastIndexOf(' (');
  const where = open === -1 ? line.slice(3) : line.slice(open + 2, -1);
  const path = where.replace(/(?::\d{1,9}){1,2}$/, '').replace(/^async /, '');
  if (path.startsWith('node:') || /[\\/]node_modules[\\/]/.test(path) || !/[\\/]/.test(path)) return undefined;
  const file = path.split(/[?#]/)[0] ?? '';
  const shortPath = file.split(/[\\/]/).slice(-PATH_PARTS).join('/');
  const called = open === -1 ? '' : line.slice(3, open).replace(/^(?:async|new) /, '');
  return called === '' ? shortPath : `${called} ${shortPath}`;
}
