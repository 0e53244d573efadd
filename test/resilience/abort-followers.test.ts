import { describe, expect, it } from 'vitest';
import { AbortFollowers } from '../../src/internal/abort-followers.js';
import { counted } from './setup.js';

describe('AbortFollowers', () => {
  it('tell each follower once, and not one that has left meanwhile', () => {
    const { signal, abort } = ((controller) => ({
      signal: controller.signal,
      abort: () => controller.abort('enough'),
    }))(new AbortController());
    const listeners = counted(signal);
    const followers = new AbortFollowers();
    const told: string[] = [];
    const third = () => told.push('third');
    followers.follow(signal, (reason) => told.push(`first ${String(reason)}`));
    followers.follow(signal, () => {
      told.push('second');
      followers.unfollow(signal, third);
      // Too late to hear of it.
      followers.follow(signal, () => told.push('fourth'));
    });
    followers.follow(signal, third);
    expect(listeners).toEqual({ now: 1, most: 1 });
    abort();
    expect(told).toEqual(['first enough', 'second']);
  });

  it('take their listener off with the last one', () => {
    const { signal } = new AbortController();
    const listeners = counted(signal);
    const followers = new AbortFollowers();
    const [one, other] = [() => undefined, () => undefined];
    followers.follow(signal, one);
    followers.follow(signal, other);
    followers.unfollow(signal, one);
    followers.unfollow(signal, one);
    expect(listeners.now).toBe(1);
    followers.unfollow(signal, other);
    expect(listeners.now).toBe(0);
  });
});
