import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shipped } from './linting.js';

it('docs/deploy.md tells of every rule, and of no other', () => {
  const cli = join(import.meta.dirname, '../../src/cli');
  const text = readdirSync(cli, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(kubernetes|dockerfile|lint)\b.*\.ts$/.test(file))
    .map((file) => readFileSync(join(cli, file), 'utf8'))
    .join('\n');
  const ids = new Set([...text.matchAll(/'((?:k8s|dockerfile|lint)\.[a-z-]+)'/g)].map(([, id]) => id));
  const told = [...shipped('docs/deploy.md').matchAll(/^\| `((?:k8s|dockerfile|lint)\.[a-z-]+)`/gm)].map(
    ([, id]) => id,
  );
  expect(told.sort()).toEqual([...ids].sort());
  expect(told.length).toBeGreaterThan(60);
});
