import type { ManualClock } from 'breakwater/testing';
import { describe, expect, it } from 'vitest';
import { DeadlineList, type DeadlineNode } from '../../src/internal/deadline-list.js';
import { clockAt } from './setup.js';

class Node implements DeadlineNode<Node> {
  static reads = 0;
  earlier: Node | undefined;
  later: Node | undefined;
  #dueMs: number | undefined;

  get dueMs(): number | undefined {
    Node.reads++;
    return this.#dueMs;
  }

  set dueMs(dueMs: number | undefined) {
    this.#dueMs = dueMs;
  }
}

function listOf(clock: ManualClock, expire: (node: Node) => void): DeadlineList<Node> {
  return new DeadlineList<Node>(clock, (fn, delayMs) => clock.schedule(fn, delayMs), 1_000, expire);
}

describe('DeadlineList', () => {
  it('searches nothing: a limit that is cut short costs the same however many wait', () => {
    const list = listOf(clockAt(), () => undefined);
    for (let i = 0; i < 10_000; i++) list.add(new Node(), 1_000);
    Node.reads = 0;
    const cut = Array.from({ length: 100 }, (_, i) => {
      const node = new Node();
      list.add(node, 999 - i);
      return node;
    });
    for (const node of cut) list.remove(node);
    expect(Node.reads).toBeLessThanOrEqual(500);
  });

  it('tells of each node once, when its time is over and not when it has left', () => {
    const clock = clockAt();
    const told: Node[] = [];
    const list = listOf(clock, (node) => told.push(node));
    const [first, second, cut, gone] = [new Node(), new Node(), new Node(), new Node()];
    for (const node of [first, gone, second]) list.add(node, 1_000);
    list.add(cut, 300);
    list.remove(gone);
    list.remove(gone);
    expect(list.first).toBe(first);
    clock.advance(300);
    expect(told).toEqual([cut]);
    list.remove(cut);
    clock.advance(10_000);
    expect([told, clock.pending, list.first]).toEqual([[cut, first, second], 0, undefined]);
  });
});
