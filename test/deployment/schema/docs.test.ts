import type { SchemaDifferenceId } from 'breakwater/deployment';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIFFERENCES } from '../../../src/deployment/schema/difference.js';

describe('docs/schema-validation.md', () => {
  it('lists every difference with its status', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/schema-validation.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(schema\.[\w-]+)` +\| `(\w+)`/gm)].map(
      ([, id, status]) => `${String(id)} ${String(status)}`,
    );
    const known = (Object.keys(DIFFERENCES) as SchemaDifferenceId[]).map((id) => `${id} ${DIFFERENCES[id][0]}`);
    expect(rows).toEqual(expect.arrayContaining(known));
  });
});
