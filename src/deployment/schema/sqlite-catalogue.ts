/** Tables that are the database's own. */
const OTHERS = `m.name not like 'sqlite\\_%' escape '\\'`;

/**
 * The whole catalogue but for the columns of views, in one select of `kind` and `data`, a JSON object each.
 *
 * @param mostTables - one more is read, so that it shows.
 * @internal
 */
export function sqliteCatalogue(mostTables: number): string {
  const tables = `(select m.name, m.sql from main.sqlite_master m where m.type = 'table' and ${OTHERS}
    and m.sql not like 'create virtual%' order by m.name limit ${String(mostTables + 1)}) m`;
  return `select 'table' as kind, json_object('name', m.name, 'type', m.type, 'sql', m.sql) as data
from (select * from main.sqlite_master m where m.type in ('table', 'view') and ${OTHERS} order by m.name limit ${String(mostTables + 1)}) m
union all select 'column', json_object('table', m.name, ${COLUMN}) from ${tables} join pragma_table_xinfo(m.name, 'main') x
union all select 'index', json_object('table', m.name, 'name', l.name, 'unique', l."unique", 'origin', l.origin, 'seq', l.seq,
  'sql', (select i.sql from main.sqlite_master i where i.type = 'index' and i.name = l.name)) from ${tables} join pragma_index_list(m.name, 'main') l
union all select 'index column', json_object('table', m.name || '/' || l.seq, 'n', x.seqno, 'name', x.name)
from ${tables} join pragma_index_list(m.name, 'main') l join pragma_index_xinfo(l.name, 'main') x where x."key"
union all select 'foreign key', json_object('table', m.name, 'id', f.id, 'n', f.seq, 'references', f."table", 'column', f."from",
  'theirs', f."to", 'update', f.on_update, 'delete', f.on_delete) from ${tables} join pragma_foreign_key_list(m.name, 'main') f
union all select 'trigger', json_object('table', t.tbl_name, 'name', t.name, 'sql', t.sql) from main.sqlite_master t where t.type = 'trigger'`;
}

const COLUMN = `'n', x.cid, 'name', x.name, 'type', x.type, 'nullable', not x."notnull", 'default', x.dflt_value, 'key', x.pk, 'hidden', x.hidden`;

/** The columns of views, apart from the others: one that is broken keeps all from being read. @internal */
export function sqliteViewColumns(mostTables: number): string {
  return `select 'column' as kind, json_object('table', m.name, ${COLUMN}) as data
from (select m.name from main.sqlite_master m where m.type = 'view' order by m.name limit ${String(mostTables + 1)}) m join pragma_table_xinfo(m.name, 'main') x`;
}
