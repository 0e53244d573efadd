import { defineConfig } from 'vitest/config';
import entryPoints from './entry-points.json' with { type: 'json' };

const alias = entryPoints.map(({ path, source }) => ({
  find: new RegExp(`^breakwater${path.slice(1)}$`),
  replacement: new URL(source, import.meta.url).pathname,
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
          exclude: ['test/{package,e2e,docs,architecture}/**'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{package,e2e,docs,architecture}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
