import { defineConfig } from 'vitest/config';
import entryPoints from './entry-points.json' with { type: 'json' };

// The tests import what users import. With BREAKWATER_BUILT=1 they get what users get.
const built = process.env.BREAKWATER_BUILT === '1';

const alias = entryPoints.map(({ path, name, source }) => ({
  find: new RegExp(`^breakwater${path.slice(1)}$`),
  replacement: new URL(built ? `dist/${name}.js` : source, import.meta.url).pathname,
}));

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // Core's tests look inside, where a built copy would be a second one.
          exclude: ['test/{package,e2e,docs,architecture}/**', ...(built ? ['test/core/**'] : [])],
          isolate: false,
          // By default one processor is left to others, which of two is half. Lines of Node share them all among themselves.
          maxWorkers: built ? 1 : '100%',
          // Bounded by their run counts; how long those take is the machine's.
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{package,e2e,docs,architecture}/**/*.test.ts'],
          // Some are promises of real time, which neighbours would break.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
