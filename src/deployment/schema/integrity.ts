import type { DatabaseReader } from '../database/database-reader.js';
import { notebook, type SchemaDifference, shownName } from './difference.js';
import { shownText } from '../finding.js';

/** What is wrong with the data of an SQLite file. @internal */
export async function damaged(reader: DatabaseReader): Promise<SchemaDifference[]> {
  const { note, noted } = notebook();
  const broken = await reader.read(
    ['name', 'rows', 'parent'],
    `select c."table" as name, count(*) as rows, min(c.parent) as parent from pragma_foreign_key_check c group by c."table", c.fkid`,
    { maxRows: 1_000 },
  );
  for (const { name, rows, parent } of broken)
    note(
      'schema.broken-reference',
      shownName(name ?? ''),
      `${rows ?? ''} rows refer to what ${shownName(parent ?? '')} does not have`,
    );
  const check = await reader.read(['result'], 'select q.quick_check as result from pragma_quick_check q', {
    maxRows: 10,
  });
  for (const { result } of check) if (result !== 'ok') note('schema.damaged', 'main', shownText(result ?? '', 200));
  return noted;
}
