/** Whose catalogue it is. */
export type SchemaDialect = 'postgresql' | 'sqlite';

/** What stands in `tables`: everything that rows are read from. */
export type SchemaTableKind =
  'table' | 'partitioned table' | 'foreign table' | 'virtual table' | 'view' | 'materialized view';

/**
 * The structure of a database as plain JSON, without any data: made by `recordSchema`, kept in a file, compared by
 * `diffSchemas`. Lists are in the order of their names, and columns in that of the table, so that it reads well in a diff.
 */
export interface SchemaSnapshot {
  /** The version of this format. */
  readonly format: 1;
  readonly dialect: SchemaDialect;
  /** The schemas that were read; `main` of SQLite. */
  readonly schemas: readonly string[];
  readonly tables: readonly SchemaTable[];
  /** Types that list their values, on PostgreSQL. */
  readonly enums: readonly SchemaEnum[];
  /** Types with rules of their own, on PostgreSQL. */
  readonly domains: readonly SchemaDomain[];
  /** Sequences that no column owns, on PostgreSQL. */
  readonly sequences: readonly SchemaSequence[];
  /** What is installed into the database, on PostgreSQL. */
  readonly extensions: readonly SchemaExtension[];
}

/** A table or a view. */
export interface SchemaTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: SchemaTableKind;
  readonly columns: readonly SchemaColumn[];
  readonly primaryKey: SchemaKey | null;
  /** Unique constraints; unique indexes that are no constraint stand in `indexes`. */
  readonly unique: readonly SchemaUnique[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  /** Check and exclusion constraints. */
  readonly checks: readonly SchemaCheck[];
  /** Indexes that belong to no constraint. */
  readonly indexes: readonly SchemaIndex[];
  readonly triggers: readonly SchemaTrigger[];
  /** The text of a view, how a table is partitioned, whether it is unlogged or has row level security, or is `strict` in SQLite. */
  readonly definition?: string;
}

/** A column. */
export interface SchemaColumn {
  readonly name: string;
  /** As the database writes it, such as `character varying(255)`. */
  readonly type: string;
  readonly nullable: boolean;
  /** The expression of its default, or `null` without one. */
  readonly default: string | null;
  /** The expression that it is computed from. */
  readonly generated?: string;
  /** How it numbers itself: as an identity column, or by a sequence of its own. */
  readonly identity?: 'always' | 'by default' | 'serial';
}

/** A primary key. */
export interface SchemaKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** When it is checked, if that can be put off. */
  readonly deferrable?: 'initially immediate' | 'initially deferred';
}

/** A unique constraint. */
export interface SchemaUnique extends SchemaKey {
  /** Whether two nulls count as the same value. Left out when they do not. */
  readonly nullsNotDistinct?: true;
}

/** A foreign key. */
export interface SchemaForeignKey extends SchemaKey {
  /** What it refers to, with as many columns. */
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] };
  /** In lower case, such as `cascade`. */
  readonly onDelete: string;
  readonly onUpdate: string;
  /** `false` when rows that were there before may break it (`NOT VALID`). */
  readonly valid: boolean;
  /** `false` when it is switched off and nothing is checked. */
  readonly enabled: boolean;
}

/** A check or an exclusion constraint. */
export interface SchemaCheck {
  readonly name: string;
  /** With the word that it begins with, such as `CHECK (price > 0)`. */
  readonly definition: string;
  /** `false` when rows that were there before may break it (`NOT VALID`). */
  readonly valid: boolean;
}

/** An index. */
export interface SchemaIndex {
  readonly name: string;
  readonly unique: boolean;
  /** What is indexed, in order: a column, or `null` for an expression. */
  readonly columns: readonly (string | null)[];
  /** The condition of a partial index. */
  readonly where?: string;
  /** Whether two nulls count as the same value. Left out when they do not. */
  readonly nullsNotDistinct?: true;
  /** All of it but the names of index and table, such as `btree (lower(email))`. */
  readonly definition: string;
  /** `false` when making it was interrupted, so that no query uses it. */
  readonly valid: boolean;
}

/** A trigger that somebody made. */
export interface SchemaTrigger {
  readonly name: string;
  readonly definition: string;
  /** `false` when it is switched off. */
  readonly enabled: boolean;
  /** When it fires, if not as usual: also or only while changes of another server are applied. */
  readonly fires?: 'always' | 'on replicas';
}

/** A type that lists its values. */
export interface SchemaEnum {
  readonly schema: string;
  readonly name: string;
  /** In their order, which is how they are sorted. */
  readonly values: readonly string[];
}

/** A type with rules of its own. */
export interface SchemaDomain {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly checks: readonly SchemaCheck[];
}

/** A sequence that no column owns. */
export interface SchemaSequence {
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly increment: string;
}

/** Something that is installed into the database. */
export interface SchemaExtension {
  readonly name: string;
  readonly version: string;
}
