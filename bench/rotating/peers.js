import { MemoryStore } from 'express-rate-limit';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** What others keep in memory, by what a call of a key does. */
export const peers = {
  'express-rate-limit': {
    title: 'express-rate-limit, memory store',
    make: () => {
      const store = new MemoryStore();
      store.init({ windowMs: 60_000 });
      return (key) => store.increment(key);
    },
  },
  'rate-limiter-flexible': {
    title: 'rate-limiter-flexible, memory',
    make: () => {
      const limiter = new RateLimiterMemory({ points: 100, duration: 60 });
      return (key) => limiter.consume(key);
    },
  },
};
