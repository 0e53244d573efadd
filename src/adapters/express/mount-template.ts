/** Values of parameters as a router found them, by name. @internal */
export type Params = Readonly<Record<string, unknown>>;

/** A segment of a path: what is not yet named of it, and what comes after that. */
interface Segment {
  open: string;
  named: string;
}

/**
 * Puts the names of parameters where their values are in a path, to know the pattern of a mount where Express does not tell.
 *
 * @param params - those of the mount; where routers merge them, those of the outer ones as well.
 * @param outer - those of the outer ones.
 * @param isKnown - whether a template was seen before: where a value is found twice, that tells which is the parameter.
 * @returns `undefined` when a value is not there: functions of the service may have made something else of it.
 * @internal
 */
export function templateOf(
  path: string,
  params: Params,
  outer: Params,
  isKnown: (template: string) => boolean,
): string | undefined {
  const names = Object.keys(params);
  if (names.length === 0) return path;
  const whole = path.split('/').map(decoded);
  const own = names.filter((name) => outer[name] !== params[name]);
  // An outer router's is one of the mount's own where both have one name and one value, and elsewhere a word by chance.
  for (const chosen of own.length === names.length ? [own] : [own, names]) {
    for (const find of ['lastIndexOf', 'indexOf'] as const) {
      const template = filled(whole, chosen, params, outer, find);
      if (template !== undefined && isKnown(template)) return template;
    }
  }
  return filled(whole, names, params, outer, 'lastIndexOf');
}

/** The last parameter comes first: those of outer routers stand before. */
function filled(
  whole: readonly string[],
  names: readonly string[],
  params: Params,
  outer: Params,
  find: 'indexOf' | 'lastIndexOf',
): string | undefined {
  const segments = whole.map((open): Segment => ({ open, named: '' }));
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i] as string;
    const value = params[name];
    const text = Array.isArray(value) ? value.join('/') : typeof value === 'number' ? String(value) : value;
    if (text === undefined || text === '') continue;
    const isOwn = outer[name] !== value;
    if (typeof text !== 'string') {
      if (isOwn) return undefined;
      continue;
    }
    const shown = Array.isArray(value) ? `*${name}` : /^\d+$/.test(name) ? '*' : `:${name}`;
    const at = segments.map(({ open, named }) => (named === '' ? open : ''))[find](text);
    if (at !== -1) segments[at] = { open: '', named: shown };
    // Parts of words are still more often such by chance.
    else if (isOwn && !fillSpan(segments, text, shown) && !fillPart(segments, text, shown)) return undefined;
  }
  return segments.map(({ open, named }) => open + named).join('/');
}

/** A wildcard takes several segments. */
function fillSpan(segments: Segment[], text: string, shown: string): boolean {
  const count = text.split('/').length;
  for (let from = segments.length - count; count > 1 && from >= 0; from--) {
    const span = segments.slice(from, from + count);
    if (span.some(({ named }) => named !== '') || span.map(({ open }) => open).join('/') !== text) continue;
    segments.splice(from, count, { open: '', named: shown });
    return true;
  }
  return false;
}

/** A parameter can be a part of a segment. */
function fillPart(segments: Segment[], text: string, shown: string): boolean {
  for (const segment of [...segments].reverse()) {
    const { open, named } = segment;
    const at = open.lastIndexOf(text);
    if (at === -1) continue;
    segment.named = shown + open.slice(at + text.length) + named;
    segment.open = open.slice(0, at);
    return true;
  }
  return false;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
