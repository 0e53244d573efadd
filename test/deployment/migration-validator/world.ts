import { MigrationValidator, type MigrationReport, type MigrationValidatorOptions } from 'breakwater/deployment';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { FakeDatabase, type FakeTable } from './fake-database.js';

/** Makes folders that are gone after each test. */
export function folders(): (files: Readonly<Record<string, string>>) => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
  });
  return (files) => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-migrations-'));
    made.push(folder);
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    return folder;
  };
}

/** What the validator says of a folder and of tables. */
export function validate(
  dir: string | readonly string[],
  tables: readonly FakeTable[],
  options: Partial<MigrationValidatorOptions> = {},
): Promise<MigrationReport> {
  const { query } = new FakeDatabase(...tables);
  return new MigrationValidator({ dir, dialect: 'postgresql', query, ...options }).validate();
}

/** Ids of what was found, with what they mean. */
export function found({ findings }: MigrationReport): [string, string][] {
  return findings.map(({ id, status }) => [id, status]);
}
