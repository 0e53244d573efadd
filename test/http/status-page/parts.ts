import type { Component } from 'breakwater/core';
import { HealthCheckService } from 'breakwater/health';
import { ManualClock } from 'breakwater/testing';
import type { StatusSources } from '../../../src/http/status-page/sources.js';

export const NOON = Date.UTC(2026, 2, 1, 12, 0, 5);

/** Sources of a page that has nothing to show yet. */
export function sourcesOf(given: Partial<StatusSources> = {}): StatusSources & { readonly clock: ManualClock } {
  const clock = new ManualClock({ now: 0, wallNow: NOON });
  return {
    clock,
    title: 'Orders',
    pipeline: {
      snapshot: () => ({ name: 'http', mode: 'enforce', requests: 1_234, refused: 5, slow: 2, aborted: 0 }),
    },
    lifecycle: undefined,
    checks: new HealthCheckService({ clock }),
    watched: undefined,
    components: [],
    limiters: [],
    abuse: undefined,
    now: () => clock.now(),
    wallNow: () => clock.wallNow(),
    ...given,
  };
}

/** A part of somebody's own. */
export function part(kind: string, name: string, snapshot: () => unknown, health?: () => unknown): Component {
  return {
    kind,
    name,
    snapshot: snapshot as () => object,
    subscribe: () => () => undefined,
    ...(health === undefined ? {} : { health: health as NonNullable<Component['health']> }),
  };
}

/** What goes wrong with parts that were written elsewhere. */
export const HOSTILE_SNAPSHOTS: readonly (() => unknown)[] = [
  () => {
    throw new Error('not connected: password=hunter2hunter2');
  },
  () => undefined,
  () => null,
  () => 'text',
  () => [1, 2],
  () => Promise.reject(new Error('asynchronous by mistake')),
  () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys');
        },
        get: () => {
          throw new Error('no fields');
        },
      },
    ),
  () => ({
    get state(): string {
      throw new Error('no state');
    },
    results: 'none',
    counts: null,
    notClosed: {},
    parts: [null, 1, { kind: 'circuit-breaker', snapshot: null }],
  }),
  () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    circle['all'] = [circle, circle];
    return circle;
  },
  () => Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field${String(i)}`, i])),
  () => ({ a: NaN, b: -Infinity, c: 1n, d: () => 1, e: Symbol('e'), f: 1e300, g: -0, h: new Date(NaN) }),
];

const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-z][a-zA-Z-]*="[^"<>]*")*)(\/?)>/y;
const VOID: readonly string[] = ['meta', 'link'];

/**
 * The tags of a page with the names of their attributes, and the text between them.
 *
 * @throws when something stands where it must not: a tag that is not closed, an attribute without quotes, a bare `<` or `&`.
 */
export function structureOf(page: string): { readonly tags: string[]; readonly text: string } {
  const body = page.replace(/^<!doctype html>\n/, '').replace(/<style>[^<]*<\/style>/, '<style></style>');
  const tags: string[] = [];
  const open: string[] = [];
  let text = '';
  for (let i = 0; i < body.length;) {
    if (body[i] !== '<') {
      const end = body.indexOf('<', i);
      const piece = body.slice(i, end === -1 ? body.length : end);
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(piece)) throw new Error(`a bare & in ${piece}`);
      text += piece;
      i += piece.length;
      continue;
    }
    TAG.lastIndex = i;
    const found = TAG.exec(body);
    if (found === null) throw new Error(`no tag: ${body.slice(i, i + 60)}`);
    const [whole, closes, name = '', attributes = '', closed] = found;
    i += whole.length;
    if (closes === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
      continue;
    }
    const names = [...attributes.matchAll(/ ([a-zA-Z-]+)="/g)].map(([, attribute]) => attribute);
    tags.push([name, ...names].join(' '));
    if (closed !== '/' && !VOID.includes(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`${open.join(', ')} stays open`);
  return { tags, text };
}

/** Escaped text as a browser reads it. */
export function unescaped(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => characters[name] ?? '');
}
